import { checkTableWidth } from "../../datasets/badger/feature_tables.ts";
import type { BadgerData, FeatureTable } from "../../datasets/badger/types.ts";
import { selectMatrixRows } from "../../datasets/readers/select_rows.ts";
import { UserError } from "../../datasets/user_error.ts";
import type { Engine, HostArray, InputData, Plan, Step, Tensor } from "../../engine/mod.ts";
import type { LossName } from "../ops/losses/main_loss.ts";
import { DeviceTask, type DeviceTraining, type Pass, type RecordedPass } from "../device_task.ts";
import { LabelLoss, type LabelTensors } from "../label_loss.ts";
import { type MlpConfig, releasedMlpLoss } from "./config.ts";
import { drugVectors } from "./drug_vectors.ts";
import { mlp, mlpFusion, type MlpInputs } from "./network.ts";
import { initialMlpValues, mlpSpecs } from "./parameter_specs.ts";

/** Which MLP, on which data, trained how. */
export interface MlpTaskOptions {
  /** Its sizes; those that follow the data must fit them. */
  readonly model: MlpConfig;
  /** What of the training settings the device must know. */
  readonly training: DeviceTraining;
  /** The signatures, with cell vectors. */
  readonly data: BadgerData;
  /** Fixed vectors of the drugs, rows named by `pert_id`; the Morgan bits of the molecules when absent. */
  readonly drugTable?: FeatureTable;
  /** Released: `releasedMlpLoss`. */
  readonly loss?: LossName;
  /** Rows that are trained on; only the train-weighted losses look at them. */
  readonly trainRows?: Uint32Array;
}

/** Tensors of a batch that the host fills. */
export interface MlpBatch extends MlpInputs {
  /** In training. */
  readonly labels?: LabelTensors;
}

/** The MLP on a device with its data. */
export class MlpTask extends DeviceTask<MlpBatch> {
  readonly #drugs: FeatureTable;
  readonly #cells: FeatureTable;
  readonly #loss: LabelLoss;
  readonly #fusionPlans = new Map<number, { plan: Plan; inputs: MlpInputs; fusion: Tensor }>();

  /**
   * Puts the parameters on the device, initialised as released.
   *
   * @throws {UserError} when the data have no cell vectors, or a width is not that of the configuration.
   */
  constructor(engine: Engine, readonly options: MlpTaskOptions) {
    const { model, data, training } = options;
    super(
      engine,
      "MLP",
      model.genes,
      mlpSpecs(model),
      training,
      (spec) => initialMlpValues(spec, training.seed),
    );
    this.#drugs = drugVectors(data, options.drugTable);
    if (!data.cellVectors) {
      throw new UserError(`${data.folder}: the MLP needs cell vectors; read it with them.`);
    }
    this.#cells = data.cellVectors;
    const meaning = "the width that the model was built for";
    checkTableWidth(this.#drugs, model.drugWidth, meaning);
    checkTableWidth(this.#cells, model.cellWidth, meaning);
    this.#loss = new LabelLoss(options.loss ?? releasedMlpLoss, data, options.trainRows);
  }

  /** Its layers look at a row alone. */
  override get whyNotShared(): string | undefined {
    return this.#loss.whyNotShared;
  }

  /** One plan a number of rows. */
  protected override shapeOf(_pass: Pass, rows: Uint32Array): string {
    return String(rows.length);
  }

  #inputs(step: Step, rows: Uint32Array): MlpInputs {
    return {
      drug: step.input([rows.length, this.#drugs.width], "drug vector"),
      cell: step.input([rows.length, this.#cells.width], "cell vector"),
    };
  }

  #fill({ drug, cell }: MlpInputs, rows: Uint32Array): Map<Tensor, HostArray> {
    const { drugOfRow, cellOfRow } = this.options.data;
    const drugs = selectMatrixRows(this.#drugs.values, this.#drugs.width, rows.map((row) => drugOfRow[row]));
    const cells = selectMatrixRows(this.#cells.values, this.#cells.width, rows.map((row) => cellOfRow[row]));
    return new Map([[drug, drugs], [cell, cells]]);
  }

  /** The network, and in training its loss. */
  protected override record(step: Step, pass: Pass, rows: Uint32Array): RecordedPass<MlpBatch> {
    const train = pass === "train";
    const inputs = this.#inputs(step, rows);
    const labels = train ? this.#loss.inputs(step, rows.length) : undefined;
    const p = (key: string) => this.parametersOnDevice.get(key);
    const { prediction } = mlp(step, p, this.options.model, inputs, { train });
    const loss = labels && this.#loss.record(step, prediction, labels);
    return { output: prediction, loss, inputs: { ...inputs, labels } };
  }

  /** Drug and cell vectors of a batch, and its labels. */
  protected override values(batch: MlpBatch, _pass: Pass, rows: Uint32Array): InputData {
    const values = this.#fill(batch, rows);
    if (batch.labels) this.#loss.fill(values, batch.labels, rows);
    return values;
  }

  /** What the fusion layer says of rows in evaluation mode, rows x hidden: where kNN looks for neighbours. */
  async fusion(rows: Uint32Array): Promise<Float32Array<ArrayBuffer>> {
    const { training: { batchSize }, model } = this.options;
    const result = new Float32Array(rows.length * model.hidden);
    for (let from = 0; from < rows.length; from += batchSize) {
      const chunk = rows.slice(from, from + batchSize);
      const { plan, inputs, fusion } = await this.#fusionPlan(chunk);
      plan.replay(this.#fill(inputs, chunk), this.engine.still);
      result.set(new Float32Array(await plan.read(fusion)), from * model.hidden);
    }
    return result;
  }

  async #fusionPlan(rows: Uint32Array) {
    const known = this.#fusionPlans.get(rows.length);
    if (known) return known;
    const p = (key: string) => this.parametersOnDevice.get(key);
    const { plan, result } = await this.engine.record(`MLP fusion of ${rows.length} rows`, (step) => {
      const inputs = this.#inputs(step, rows);
      const { fusion } = mlpFusion(step, p, this.options.model, inputs, { train: false });
      return { inputs, fusion: step.keep(fusion) };
    });
    const made = { plan, ...result };
    this.#fusionPlans.set(rows.length, made);
    return made;
  }
}
