import type { Matrix } from "../../datasets/dataset.ts";
import type { MoleculeGraph, PpiGraph } from "../../datasets/types.ts";
import type { Engine, InputData, Step, Tensor } from "../../engine/mod.ts";
import { blockGraph } from "../ops/csg2a_block.ts";
import { elementwise } from "../../engine/ops/elementwise.ts";
import { gatherRows, invertIndex } from "../../engine/ops/gather_rows.ts";
import { mseLoss } from "../../engine/ops/mse_loss.ts";
import { takeRows } from "../take_rows.ts";
import { DeviceTask, type DeviceTraining, type Pass, type RecordedPass } from "../device_task.ts";
import { initialValues } from "./initialise.ts";
import {
  csg2a,
  csg2aFinetuning,
  type Csg2aOutput,
  type MoleculeTensors,
  moleculeVectors,
} from "./network.ts";
import {
  molecularCapacity,
  type MoleculeCapacity,
  packMolecules,
  type PreparedMolecule,
  prepareMolecule,
  tileCount,
} from "./packed_molecules.ts";
import { finetuningSpecs, pretrainingSpecs } from "./parameter_specs.ts";
import { atomFeatureCount, type Csg2aConfig } from "./sizes.ts";

/** Samples of a task: one row a sample. */
export interface Csg2aData {
  /** Number of samples. */
  readonly rows: number;
  /** [rows, genes] */
  readonly basal: Float32Array<ArrayBuffer> | Matrix;
  /** [rows, genes] perturbed profiles or [rows, 1] ln IC50; absent where only predictions are wanted. */
  readonly target?: Float32Array<ArrayBuffer> | Matrix;
  /** µM */
  readonly dose: Float32Array;
  /** Hours. */
  readonly time: Float32Array;
  /** Distinct molecules. */
  readonly molecules: readonly MoleculeGraph[];
  /** Row -> index into `molecules`. */
  readonly moleculeOfRow: Uint32Array;
  /** P as CSR rows of ones. */
  readonly ppi: Pick<PpiGraph, "indptr" | "indices">;
}

/** Which network, on which data, trained how. */
export interface Csg2aTaskOptions {
  /** Which network. */
  readonly stage: "pretraining" | "finetuning";
  /** Its switches and sizes. */
  readonly model: Csg2aConfig;
  /** What of the training settings the device must know. */
  readonly training: DeviceTraining;
  /** The samples. */
  readonly data: Csg2aData;
}

/** Tensors of a batch that the host fills. */
export interface BatchTensors {
  /** [batch, genes] */
  readonly profile: Tensor;
  /** [batch, 1] */
  readonly dose: Tensor;
  /** [batch, 1] */
  readonly time: Tensor;
  /** [batch]: which of the molecules (or cached vectors). */
  readonly index: Tensor;
  /** Inverse of `index`, while the encoder is trained. */
  readonly starts?: Tensor;
  /** Inverse of `index`, while the encoder is trained. */
  readonly users?: Tensor;
  /** [batch, outputs], in training. */
  readonly target?: Tensor;
  /** Packed molecules, while the encoder is trained. */
  readonly molecules?: MoleculeTensors;
  /** What the packed molecules may hold. */
  readonly capacity?: MoleculeCapacity;
}

/** Dose and time reach the network as µM / 100 and hours / 72 (csg2a.md 6.2). */
const doseUnit = 100, timeUnit = 72;

/** Molecules that are encoded together when their vectors are cached. */
const encodeBatch = 64;

/**
 * CSG2A on a device with its data.
 *
 * While MAT is trained it runs once a distinct molecule of the batch. When it is frozen its vectors are computed once
 * a molecule and kept: they depend on nothing else (csg2a.md 2.8).
 */
export class Csg2aTask extends DeviceTask<BatchTensors> {
  readonly #molecules: readonly PreparedMolecule[];
  readonly #graph: Tensor;
  readonly #graphTransposed: Tensor;
  #cached: Tensor | undefined;
  #cachedIsStale = true;

  /** Puts parameters, initialised as released, and the PPI graph on the device. */
  constructor(engine: Engine, readonly options: Csg2aTaskOptions) {
    const { stage, model, data, training } = options;
    const specs = stage === "pretraining" ? pretrainingSpecs(model) : finetuningSpecs(model);
    const outputs = stage === "pretraining" ? model.genes : 1;
    super(engine, "CSG2A", outputs, specs, training, (spec) => initialValues(spec, specs, training.seed));
    this.#molecules = data.molecules.map(prepareMolecule);
    const { graph, transposed } = blockGraph(data.ppi.indptr, data.ppi.indices, model.variant);
    this.#graph = engine.constant([graph.length], graph, "PPI graph");
    this.#graphTransposed = engine.constant([transposed.length], transposed, "transposed PPI graph");
  }

  get #cachesMolecules(): boolean {
    return this.options.stage === "finetuning" && this.options.model.frozen;
  }

  /** BatchNorm and dropout alone look at more than a row. */
  override get whyNotShared(): string | undefined {
    return undefined;
  }

  /** A frozen network in evaluation mode counts no batches. */
  protected override counts(key: string): boolean {
    const { stage, model } = this.options;
    const still = stage === "finetuning" && model.frozen && model.frozenMode === "eval";
    return !(still && key.startsWith("CSG2A."));
  }

  /** Cached molecule vectors belong to the parameters before. */
  protected override restored(): void {
    this.#cachedIsStale = true;
  }

  #distinct(rows: Uint32Array): number[] {
    return [...new Set(Array.from(rows, (row) => this.options.data.moleculeOfRow[row]))].sort((a, b) =>
      a - b
    );
  }

  #capacity(rows: Uint32Array): MoleculeCapacity | undefined {
    if (this.#cachesMolecules) return undefined;
    const most = Math.min(rows.length, this.#molecules.length);
    return molecularCapacity(this.#distinct(rows).map((m) => this.#molecules[m]), most);
  }

  /** Rows, and the bucket of their molecules. */
  protected override shapeOf(_pass: Pass, rows: Uint32Array): string {
    const capacity = this.#capacity(rows);
    return [rows.length, capacity?.nodes, capacity?.pairs].join(" ");
  }

  /** The network of the stage, and its loss. */
  protected override record(step: Step, pass: Pass, rows: Uint32Array): RecordedPass<BatchTensors> {
    const { tensors, output } = this.#forward(step, rows, pass === "train");
    const { target } = tensors;
    const loss = target && mseLoss(step, { prediction: output.result, target });
    return { output: output.result, loss, inputs: tensors };
  }

  /** The network over a batch; `result` is what the stage predicts. */
  #forward(
    step: Step,
    rows: Uint32Array,
    train: boolean,
  ): { tensors: BatchTensors; output: Csg2aOutput & { readonly result: Tensor } } {
    const { stage, model } = this.options;
    const batch = rows.length;
    const capacity = this.#capacity(rows);
    const p = (key: string) => this.parametersOnDevice.get(key);
    const encoder = stage === "pretraining" ? p : (key: string) => p(`CSG2A.${key}`);
    const tensors: BatchTensors = {
      profile: step.input([batch, model.genes], "basal profile"),
      dose: step.input([batch, 1], "dose"),
      time: step.input([batch, 1], "time"),
      index: step.input([batch], "molecule of each row", "u32"),
      target: train ? step.input([batch, this.outputs], "target") : undefined,
      ...capacity && {
        capacity,
        molecules: moleculeInputs(step, capacity),
        starts: step.input([capacity.molecules + 1], "rows by molecule, starts", "u32"),
        users: step.input([batch], "rows by molecule", "u32"),
      },
    };
    const { molecules, index, starts, users, profile, dose, time } = tensors;
    const vectors = molecules ? moleculeVectors(step, encoder, model, molecules) : this.#cached!;
    const molecule = gatherRows(step, { x: vectors, index, starts, users });
    const inputs = {
      profile,
      molecule,
      dose,
      time,
      graph: this.#graph,
      graphTransposed: this.#graphTransposed,
    };
    const frozenMode = { train: train && !(model.frozen && model.frozenMode === "eval") };
    if (stage === "pretraining") {
      const output = csg2a(step, p, model, inputs, { train });
      return { tensors, output: { ...output, result: output.prediction } };
    }
    const output = csg2aFinetuning(step, p, model, inputs, { train }, frozenMode);
    return { tensors, output: { ...output, result: output.logIc50 } };
  }

  /** What the gene attention mixes for rows, in evaluation mode: profiles and condition vectors, rows x genes each. */
  async blockInputs(rows: Uint32Array): Promise<{ profiles: Float32Array; conditions: Float32Array }> {
    await this.prepare();
    const { model: { genes }, training: { batchSize } } = this.options;
    const [profiles, conditions] = [0, 1].map(() => new Float32Array(rows.length * genes));
    for (let from = 0; from < rows.length; from += batchSize) {
      const chunk = rows.slice(from, from + batchSize);
      const { plan: recorded, result } = await this.engine.record(`${this.name} block inputs`, (step) => {
        const { tensors, output } = this.#forward(step, chunk, false);
        // A copy, because an input of the step cannot be kept.
        const profile = elementwise(step, { x: output.profile }, {
          stages: [{ kind: "affine", scale: 1, shift: 0 }],
        });
        return { tensors, profile: step.keep(profile), comp: step.keep(output.comp) };
      });
      using plan = recorded;
      plan.replay(this.values(result.tensors, "predict", chunk), this.engine.still);
      profiles.set(new Float32Array(await plan.read(result.profile)), from * genes);
      conditions.set(new Float32Array(await plan.read(result.comp)), from * genes);
    }
    return { profiles, conditions };
  }

  /** Profiles, conditions, targets and packed molecules of a batch. */
  protected override values(batch: BatchTensors, _pass: Pass, rows: Uint32Array): InputData {
    const { data, model } = this.options;
    const inputs = new Map<Tensor, Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>>([
      [batch.profile, takeRows(data.basal, model.genes, rows)],
      [batch.dose, Float32Array.from(rows, (row) => data.dose[row] / doseUnit)],
      [batch.time, Float32Array.from(rows, (row) => data.time[row] / timeUnit)],
    ]);
    if (batch.target) {
      if (!data.target) throw new Error("these data have no target to train on.");
      inputs.set(batch.target, takeRows(data.target, this.outputs, rows));
    }
    if (!batch.capacity) {
      inputs.set(batch.index, Uint32Array.from(rows, (row) => data.moleculeOfRow[row]));
      return inputs;
    }
    const distinct = this.#distinct(rows);
    const place = new Map(distinct.map((molecule, k) => [molecule, k]));
    const index = Uint32Array.from(rows, (row) => place.get(data.moleculeOfRow[row])!);
    const { starts, users } = invertIndex(index, batch.capacity.molecules);
    inputs.set(batch.index, index).set(batch.starts!, starts).set(batch.users!, users);
    return this.#moleculeInputs(inputs, batch.molecules!, distinct, batch.capacity);
  }

  #moleculeInputs(
    inputs: Map<Tensor, Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>>,
    tensors: MoleculeTensors,
    molecules: readonly number[],
    capacity: MoleculeCapacity,
  ): InputData {
    const packed = packMolecules(molecules.map((m) => this.#molecules[m]), capacity);
    return inputs
      .set(tensors.features, packed.features)
      .set(tensors.constant, packed.constant)
      .set(tensors.tiles, packed.tiles)
      .set(tensors.starts, packed.starts)
      .set(tensors.moleculeOf, packed.moleculeOf);
  }

  /** Encodes every molecule once, if the encoder is frozen and has changed since (a restore). Waits. */
  protected override async prepare(): Promise<void> {
    if (!this.#cachesMolecules || !this.#cachedIsStale) return;
    const { engine, options: { model } } = this;
    const { width } = model.mat;
    const vectors = new Float32Array(this.#molecules.length * width);
    const encoder = (key: string) => this.parametersOnDevice.get(`CSG2A.${key}`);
    for (let from = 0; from < this.#molecules.length; from += encodeBatch) {
      const chunk = Array.from(
        { length: Math.min(encodeBatch, this.#molecules.length - from) },
        (_, k) => from + k,
      );
      const capacity = molecularCapacity(chunk.map((m) => this.#molecules[m]), chunk.length);
      const { plan: recorded, result } = await engine.record("encode molecules", (step) => {
        const tensors = moleculeInputs(step, capacity);
        return { tensors, output: step.keep(moleculeVectors(step, encoder, model, tensors)) };
      });
      using plan = recorded;
      plan.replay(this.#moleculeInputs(new Map(), result.tensors, chunk, capacity), engine.still);
      vectors.set(new Float32Array(await plan.read(result.output)), from * width);
    }
    this.#cached ??= engine.constant([this.#molecules.length, width], vectors, "molecule vectors");
    const { buffer } = this.#cached.storage as { buffer: GPUBuffer };
    engine.device.queue.writeBuffer(buffer, 0, vectors);
    this.#cachedIsStale = false;
  }
}

function moleculeInputs(step: Step, capacity: MoleculeCapacity): MoleculeTensors {
  return {
    features: step.input([capacity.nodes, atomFeatureCount], "atom features"),
    constant: step.input([capacity.pairs], "distance and adjacency terms"),
    tiles: step.input([tileCount(capacity), 4], "tiles", "u32"),
    starts: step.input([capacity.molecules + 1], "first node of each molecule", "u32"),
    moleculeOf: step.input([capacity.nodes], "molecule of each node", "u32"),
  };
}
