import { checkTableWidth } from "../../datasets/badger/feature_tables.ts";
import { type MetaPart, metaVectors } from "../../datasets/badger/meta_vectors.ts";
import type { BadgerData } from "../../datasets/badger/types.ts";
import { batchNeuralGraphs } from "../../datasets/molecules/batch_neural_graphs.ts";
import type { NeuralGraph } from "../../datasets/molecules/neural_graph.ts";
import { selectMatrixRows } from "../../datasets/readers/select_rows.ts";
import { UserError } from "../../datasets/user_error.ts";
import type { Engine, HostArray, InputData, ParameterSpec, Step, Tensor } from "../../engine/mod.ts";
import type { LossName } from "../ops/losses/main_loss.ts";
import { DeviceTask, type DeviceTraining, type Pass, type RecordedPass } from "../device_task.ts";
import type { Lookup } from "../lookup.ts";
import { LabelLoss, type LabelTensors } from "../label_loss.ts";
import { type GraphTensors, graphTensors } from "./graph_tensors.ts";
import { type GraphCapacity, graphCapacity, packGraphs } from "./packed_graphs.ts";

/** What a model of molecule graphs takes besides its sizes. */
export interface GraphTaskOptions {
  /** What of the training settings the device must know. */
  readonly training: DeviceTraining;
  /** The signatures. */
  readonly data: BadgerData;
  /** One graph a drug of the data, see `drugGraphs`. */
  readonly graphs: readonly NeuralGraph[];
  /** That of the released session when absent. */
  readonly loss?: LossName;
  /** Rows that are trained on; only the train-weighted losses look at them. */
  readonly trainRows?: Uint32Array;
  /**
   * `noise` as released: Xavier noise overwrites the gene table that was read; `file` keeps the table of the data
   * (badger.md 3.6).
   */
  readonly geneTableInit?: "noise" | "file";
}

/** Tensors of a batch that the host fills. */
export interface GraphBatch {
  /** One molecule a sample. */
  readonly graph: GraphTensors;
  /** What the packed molecules may hold. */
  readonly capacity: GraphCapacity;
  /** [batch, meta width] */
  readonly meta: Tensor;
  /** In training. */
  readonly labels?: LabelTensors;
}

/** What DeepCE and CIGER differ in, as their tasks see it. */
export interface GraphModel {
  /** Name in messages. */
  readonly name: string;
  /** Number of genes. */
  readonly genes: number;
  /** Parts of the meta vector. */
  readonly meta: readonly MetaPart[];
  /** Its columns. */
  readonly metaWidth: number;
  /** Its state_dict. */
  readonly specs: readonly ParameterSpec[];
  /** Values that its parameters start with. */
  readonly initial: (spec: ParameterSpec) => Float32Array<ArrayBuffer>;
  /** Loss of the released session. */
  readonly loss: LossName;
  /** Records the network over a batch: predictions [batch, genes]. */
  readonly network: (
    step: Step,
    p: Lookup,
    inputs: Pick<GraphBatch, "graph" | "meta">,
    train: boolean,
  ) => Tensor;
}

/**
 * A model of molecule graphs and meta vectors on a device with its data. Every sample brings its own copy of its drug's graph,
 * because BatchNorm counts atoms as often as they occur in the batch.
 */
export class GraphTask extends DeviceTask<GraphBatch> {
  readonly #model: GraphModel;
  readonly #options: GraphTaskOptions;
  readonly #meta: { readonly width: number; readonly values: Float32Array<ArrayBuffer> };
  readonly #loss: LabelLoss;

  /**
   * Puts the parameters on the device.
   *
   * @throws {UserError} when the cell lines or doses of the data are not as many as the model counts.
   */
  constructor(engine: Engine, model: GraphModel, options: GraphTaskOptions) {
    super(engine, model.name, model.genes, model.specs, options.training, model.initial);
    const { data } = options;
    this.#model = model;
    this.#options = options;
    this.#meta = metaVectors(data, model.meta);
    if (this.#meta.width !== model.metaWidth) {
      throw new UserError(
        `${data.folder}: ${this.#meta.width} cell lines and doses to tell apart, expected the ${model.metaWidth} that ` +
          `${model.name} was built for; use the lists of the training data.`,
      );
    }
    this.#loss = new LabelLoss(options.loss ?? model.loss, data, options.trainRows);
  }

  #graphs(rows: Uint32Array): NeuralGraph[] {
    const { graphs, data } = this.#options;
    return Array.from(rows, (row) => graphs[data.drugOfRow[row]]);
  }

  /** Rows, and the bucket of their molecules. */
  protected override shapeOf(_pass: Pass, rows: Uint32Array): string {
    return Object.values(graphCapacity(this.#graphs(rows))).join(" ");
  }

  /** The network, and in training its loss. */
  protected override record(step: Step, pass: Pass, rows: Uint32Array): RecordedPass<GraphBatch> {
    const train = pass === "train";
    const capacity = graphCapacity(this.#graphs(rows));
    const graph = graphTensors(capacity, (shape, name, dtype) => step.input(shape, name, dtype));
    const meta = step.input([rows.length, this.#meta.width], "meta vector");
    const labels = train ? this.#loss.inputs(step, rows.length) : undefined;
    const p: Lookup = (key) => this.parametersOnDevice.get(key);
    const output = this.#model.network(step, p, { graph, meta }, train);
    const loss = labels && this.#loss.record(step, output, labels);
    return { output, loss, inputs: { graph, capacity, meta, labels } };
  }

  /** Packed molecules and meta vectors of a batch, and its labels. */
  protected override values(batch: GraphBatch, _pass: Pass, rows: Uint32Array): InputData {
    const packed = packGraphs(batchNeuralGraphs(this.#graphs(rows)), batch.capacity);
    const values = new Map<Tensor, HostArray>([
      [batch.meta, selectMatrixRows(this.#meta.values, this.#meta.width, rows)],
    ]);
    for (const name of Object.keys(packed) as (keyof typeof packed)[]) {
      values.set(batch.graph[name], packed[name]);
    }
    if (batch.labels) this.#loss.fill(values, batch.labels, rows);
    return values;
  }
}

/**
 * The gene table that a model starts with: undefined for noise, else that of the data.
 *
 * @throws {UserError} when it is to be kept and there is none, or one of another width.
 */
export function keptGeneTable(
  { data, geneTableInit = "noise" }: Pick<GraphTaskOptions, "data" | "geneTableInit">,
  width: number,
): Float32Array<ArrayBuffer> | undefined {
  if (geneTableInit === "noise") return undefined;
  const { geneTable, folder } = data;
  if (!geneTable) {
    throw new UserError(
      `${folder}: no gene features, expected a table to start the genes with; add one, or start with noise as released.`,
    );
  }
  checkTableWidth(geneTable, width, "the width that the model was built for");
  return geneTable.values;
}
