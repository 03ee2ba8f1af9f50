import type { BadgerData } from "../../datasets/badger/types.ts";
import type { OnBits } from "../../datasets/molecules/fingerprint.ts";
import { selectMatrixRows } from "../../datasets/readers/select_rows.ts";
import { UserError } from "../../datasets/user_error.ts";
import type { Engine, HostArray, InputData, Step, Tensor } from "../../engine/mod.ts";
import { bitLists } from "../ops/bit_linear.ts";
import { DeviceTask, type DeviceTraining, type Pass, type RecordedPass } from "../device_task.ts";
import { LabelLoss, type LabelTensors } from "../label_loss.ts";
import type { BadgerConfig } from "./config.ts";
import { initialBadgerValues } from "./initialise.ts";
import { badgerLoss, type BadgerLossConfig, releasedBadgerLoss } from "./loss.ts";
import { badger, type BadgerInputs } from "./network.ts";
import { badgerSpecs } from "./parameter_specs.ts";

/** Which BADGER, on which data, trained how. */
export interface BadgerTaskOptions {
  /** Its sizes and switches; those that follow the data must fit them. */
  readonly model: BadgerConfig;
  /** What of the training settings the device must know. */
  readonly training: DeviceTraining;
  /** The signatures, with cell vectors and gene table. */
  readonly data: BadgerData;
  /** Weights of the loss terms; released: `releasedBadgerLoss`. */
  readonly loss?: BadgerLossConfig;
  /** Rows that are trained on; only the train-weighted losses look at them. */
  readonly trainRows?: Uint32Array;
}

/** Weights of one attention for one signature. */
export interface AttentionMap {
  /** Heads. */
  readonly heads: number;
  /** Queries: pathways or genes. */
  readonly queries: number;
  /** Keys: fragment slots, pathways or genes, with the pseudo token last where there is one. */
  readonly keys: number;
  /** heads x queries x keys. */
  readonly weights: Float32Array<ArrayBuffer>;
}

/** What BADGER looks at when it predicts a signature. */
export interface BadgerAttention {
  /** By PyTorch module: path_mab.1, sign_mab.1 (light: xros_mab.1) and gene_sab.1. */
  readonly maps: ReadonlyMap<string, AttentionMap>;
  /** Slots that hold fragments; those beyond are padding. */
  readonly fragments: number;
  /** Scores of the genes. */
  readonly prediction: Float32Array<ArrayBuffer>;
}

/** Tensors of a batch that the host fills. */
export interface BadgerBatch extends BadgerInputs {
  /** In training. */
  readonly labels?: LabelTensors;
  /** [samples, pathways], in training with pathway supervision. */
  readonly pathwayLabels?: Tensor;
  /** 1 for drugs with any label. */
  readonly pathwayMask?: Tensor;
  /** Identity target of the gene attention, in training with that supervision. */
  readonly geneAttention?: Tensor;
}

/** Fragment slots and set bits of a batch are rounded up to these, so that few plans serve all batches. */
const slotStep = 4, bitStep = 512;

/** BADGER on a device with its data. */
export class BadgerTask extends DeviceTask<BadgerBatch> {
  readonly #loss: LabelLoss;
  readonly #config: BadgerLossConfig;

  /**
   * Puts the parameters on the device, initialised as released, tables from the data.
   *
   * @throws {UserError} when the data lack a table that the model needs, or have one of another size.
   */
  constructor(engine: Engine, readonly options: BadgerTaskOptions) {
    const { model, data, training } = options;
    requireTables(data, model);
    const specs = badgerSpecs(model);
    const tables = { genes: data.geneTable?.values, pathways: data.pathways?.table?.values };
    super(
      engine,
      model.light ? "BADGER light" : "BADGER",
      model.genes,
      specs,
      training,
      (spec) => initialBadgerValues(spec, specs, tables, training.seed),
    );
    this.#config = options.loss ?? releasedBadgerLoss;
    this.#loss = new LabelLoss(this.#config.loss, data, options.trainRows);
  }

  /** Losses that are means over rows can be shared; so can pathway supervision, a mean over labelled entries. */
  override get whyNotShared(): string | undefined {
    const { geneAttentionWeight, spreadoutWeight } = this.#config;
    if (this.#loss.whyNotShared !== undefined) return this.#loss.whyNotShared;
    if (geneAttentionWeight > 0) {
      return "its supervision of the gene attention takes a mean over the whole batch first";
    }
    if (spreadoutWeight > 0) return "its spread-out term compares the samples of a batch";
    return undefined;
  }

  #fragments(rows: Uint32Array): readonly OnBits[][] {
    const { drugs, drugOfRow } = this.options.data;
    return Array.from(rows, (row) => [...drugs[drugOfRow[row]].fragmentBits]);
  }

  #capacity(rows: Uint32Array): { slots: number; bits: number } {
    const fragments = this.#fragments(rows);
    // As many slots as the whole batch needs: dropout counts them.
    const longest = Math.max(...this.#fragments(this.wholeBatch ?? rows).map((list) => list.length));
    const set = fragments.flat().reduce((sum, bits) => sum + bits.length, 0);
    return { slots: slotStep * Math.ceil(longest / slotStep), bits: bitStep * Math.ceil(set / bitStep) };
  }

  /** Rows, fragment slots, and room for set bits. */
  protected override shapeOf(_pass: Pass, rows: Uint32Array): string {
    const { slots, bits } = this.#capacity(rows);
    return [rows.length, slots, bits].join(" ");
  }

  /** The network, and in training its loss terms. */
  protected override record(step: Step, pass: Pass, rows: Uint32Array): RecordedPass<BadgerBatch> {
    const train = pass === "train";
    const { model } = this.options;
    const samples = rows.length;
    const batch = this.#batch(step, rows, train);
    const p = (key: string) => this.parametersOnDevice.get(key);
    const output = badger(step, p, model, batch, { train, geneAttention: batch.geneAttention !== undefined });
    if (!batch.labels) return { output: output.prediction, inputs: batch };
    const targets = { ...batch, ...batch.labels };
    const { total } = badgerLoss(step, output, targets, this.#config, {
      samples,
      genes: model.genes,
      heads: model.heads,
    });
    return { output: output.prediction, loss: total, inputs: batch };
  }

  /** Tensors of a batch of this shape. */
  #batch(step: Step, rows: Uint32Array, train: boolean): BadgerBatch {
    const { model } = this.options;
    const samples = rows.length;
    const { slots, bits } = this.#capacity(rows);
    const supervised = train && !model.light && this.#config.pathwayWeight > 0;
    const attention = train && this.#config.geneAttentionWeight > 0;
    return {
      bits: {
        starts: step.input([samples * slots + 1], "set bits of each fragment, starts", "u32"),
        setBits: step.input([bits], "set bits", "u32"),
        rowStarts: step.input([model.fingerprintBits + 1], "fragments of each bit, starts", "u32"),
        setRows: step.input([bits], "fragments of each bit", "u32"),
      },
      mask: step.input([samples, slots], "fragment mask"),
      maskWithToken: step.input([samples, slots + 1], "fragment mask with the pseudo token"),
      cell: step.input([samples, model.cellWidth], "cell vector"),
      samples,
      fragments: slots,
      labels: train ? this.#loss.inputs(step, samples) : undefined,
      pathwayLabels: supervised ? step.input([samples, model.pathways], "pathway labels", "u32") : undefined,
      pathwayMask: supervised ? step.input([samples, model.pathways], "labelled drugs") : undefined,
      geneAttention: attention ? step.input([model.genes, model.genes], "identity") : undefined,
    };
  }

  /**
   * Attention weights of one signature in evaluation mode (badger.md 2.3), every head by itself.
   *
   * @param row of the data set.
   */
  async attention(row: number): Promise<BadgerAttention> {
    const rows = Uint32Array.of(row);
    const { model, data } = this.options;
    const p = (key: string) => this.parametersOnDevice.get(key);
    const { plan: recorded, result } = await this.engine.record(`${this.name} attention`, (step) => {
      const batch = this.#batch(step, rows, false);
      const { modules, prediction } = badger(step, p, model, batch, { train: false, weights: true });
      const maps = ["path_mab.1", "sign_mab.1", "xros_mab.1", "gene_sab.1"]
        .flatMap((name) => modules.has(name) ? [[name, step.keep(modules.get(name)!)] as const] : []);
      return { batch, maps, prediction: step.keep(prediction) };
    });
    using plan = recorded;
    plan.replay(this.values(result.batch, "predict", rows), this.engine.still);
    const maps = new Map<string, AttentionMap>();
    for (const [name, tensor] of result.maps) {
      const [heads, queries, keys] = tensor.shape;
      maps.set(name, { heads, queries, keys, weights: new Float32Array(await plan.read(tensor)) });
    }
    return {
      maps,
      fragments: data.drugs[data.drugOfRow[row]].fragments.length,
      prediction: new Float32Array(await plan.read(result.prediction)),
    };
  }

  /**
   * The mass that each pathway's attention puts on real fragments, the class-1 score of badger.md 3.2, rows x pathways.
   *
   * @throws {Error} in light mode, which has no pathways.
   */
  async pathwayScores(rows: Uint32Array): Promise<Float32Array<ArrayBuffer>> {
    const { model: { pathways, heads, light }, training: { batchSize } } = this.options;
    if (light) throw new Error("BADGER light has no pathway attention.");
    const scores = new Float32Array(rows.length * pathways);
    const p = (key: string) => this.parametersOnDevice.get(key);
    for (let from = 0; from < rows.length; from += batchSize) {
      const chunk = rows.slice(from, from + batchSize);
      const { plan: recorded, result } = await this.engine.record(`${this.name} pathway scores`, (step) => {
        const batch = this.#batch(step, chunk, false);
        const { pathwayWeights } = badger(step, p, this.options.model, batch, { train: false });
        return { batch, weights: step.keep(pathwayWeights!) };
      });
      using plan = recorded;
      plan.replay(this.values(result.batch, "predict", chunk), this.engine.still);
      const weights = new Float32Array(await plan.read(result.weights));
      const keys = result.batch.fragments + 1;
      weights.forEach((weight, at) => {
        const key = at % keys, pathway = Math.floor(at / keys) % pathways;
        const sample = Math.floor(at / (keys * pathways)) % chunk.length;
        if (key < keys - 1) scores[(from + sample) * pathways + pathway] += weight / heads;
      });
    }
    return scores;
  }

  /** Fragments, cell vectors and labels of a batch. */
  protected override values(batch: BadgerBatch, _pass: Pass, rows: Uint32Array): InputData {
    const { data, model } = this.options;
    const { fragments: slots } = batch;
    const fragments = this.#fragments(rows);
    const padded = fragments.flatMap((list) => Array.from({ length: slots }, (_, slot) => list[slot] ?? []));
    const lists = bitLists(padded, model.fingerprintBits, batch.bits.setBits.size);
    const mask = new Float32Array(rows.length * slots);
    const withToken = new Float32Array(rows.length * (slots + 1));
    fragments.forEach(({ length }, sample) => {
      mask.fill(1, sample * slots, sample * slots + length);
      withToken.fill(1, sample * (slots + 1), sample * (slots + 1) + length);
      withToken[sample * (slots + 1) + slots] = 1;
    });
    const cells = data.cellVectors!;
    const inputs = new Map<Tensor, HostArray>([
      [batch.bits.starts, lists.starts],
      [batch.bits.setBits, lists.setBits],
      [batch.bits.rowStarts!, lists.rowStarts],
      [batch.bits.setRows!, lists.setRows],
      [batch.mask, mask],
      [batch.maskWithToken, withToken],
      [batch.cell, selectMatrixRows(cells.values, cells.width, rows.map((row) => data.cellOfRow[row]))],
    ]);
    if (batch.labels) this.#loss.fill(inputs, batch.labels, rows);
    if (batch.pathwayLabels && batch.pathwayMask) {
      const { labels, names: { length: width } } = data.pathways!;
      const chosen = new Uint32Array(rows.length * width);
      const labelled = new Float32Array(rows.length * width);
      rows.forEach((row, k) => {
        const own = labels.subarray(data.drugOfRow[row] * width, (data.drugOfRow[row] + 1) * width);
        chosen.set(own, k * width);
        if (own.some((label) => label !== 0)) labelled.fill(1, k * width, (k + 1) * width);
      });
      inputs.set(batch.pathwayLabels, chosen).set(batch.pathwayMask, labelled);
    }
    if (batch.geneAttention) {
      const { genes } = model;
      inputs.set(
        batch.geneAttention,
        Float32Array.from({ length: genes * genes }, (_, i) => i % (genes + 1) ? 0 : 1),
      );
    }
    return inputs;
  }
}

function requireTables(
  data: BadgerData,
  { genes, pathways, cellWidth, geneWidth, hidden, light }: BadgerConfig,
): void {
  const fail = (file: string, found: string, expected: string): never => {
    throw new UserError(`${file}: found ${found}, expected ${expected}, which the model was built for.`);
  };
  const { cellVectors, geneTable, pathways: labels, folder } = data;
  if (data.genes.length !== genes) fail(folder, `${data.genes.length} genes`, `${genes}`);
  if (!cellVectors) {
    throw new UserError(
      `${folder}: BADGER needs cell vectors, expected cell_embeddings_similarity.csv; make the folder with prepare badger.`,
    );
  }
  if (cellVectors.width !== cellWidth) {
    fail(cellVectors.file, `${cellVectors.width} numbers a cell line`, `${cellWidth}`);
  }
  if (geneWidth > 0 && !geneTable) {
    throw new UserError(`${folder}: this BADGER needs a gene table; none was read.`);
  }
  if (geneTable && geneWidth > 0 && geneTable.width !== geneWidth) {
    fail(geneTable.file, `${geneTable.width} numbers a gene`, `${geneWidth}`);
  }
  if (light) return;
  if (!labels) {
    throw new UserError(`${folder}: BADGER needs drug_target_information; use badger-light without.`);
  }
  if (labels.names.length !== pathways) fail(labels.file, `${labels.names.length} pathways`, `${pathways}`);
  if (labels.table && labels.table.width !== hidden) {
    fail(labels.table.file, `${labels.table.width} numbers a pathway`, `the hidden width ${hidden}`);
  }
}
