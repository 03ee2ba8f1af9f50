import type { Dataset, Matrix } from "../../datasets/dataset.ts";
import type { KnowledgeInputs } from "../../datasets/layouts/knowledge_graph/inputs.ts";
import type { Engine, InputData, Step, Tensor } from "../../engine/mod.ts";
import { invertIndex } from "../../engine/ops/gather_rows.ts";
import { mseLoss } from "../../engine/ops/mse_loss.ts";
import { DeviceTask, type DeviceTraining, type Pass, type RecordedPass } from "../device_task.ts";
import { conditions, conditionWidth } from "../knowledge_graph/conditions.ts";
import { type DeviceGraph, deviceGraph, edgeIndex } from "../ops/graph_attention/graph.ts";
import type { KgGatConfig, Scoring } from "./config.ts";
import { kgGat, type Members } from "./network.ts";
import { type NetworkNodes, networkNodes } from "./nodes.ts";
import { initialKgGatValues, kgGatSpecs } from "./parameter_specs.ts";
import { SampledGraph, type SampledTensors } from "./sampled_graph.ts";
import type { KgGatSettings } from "./settings.ts";

/** Which network, on which rows, trained how. */
export interface KgGatTaskOptions {
  readonly scoring: Scoring;
  readonly settings: KgGatSettings;
  readonly training: DeviceTraining;
  readonly data: Dataset<KnowledgeInputs>;
}

/** Tensors of a batch that the host fills. */
export interface KgGatBatch {
  readonly pairs: Tensor;
  readonly basal: Tensor;
  readonly condition: Tensor;
  readonly starts: Tensor;
  readonly users: Tensor;
  /** In training. */
  readonly target?: Tensor;
  /** In training with neighbours that are drawn. */
  readonly sampled?: SampledTensors;
}

/** Graph attention on a device: features and edges stay there, a step uploads which nodes its rows are. */
export class KgGatTask extends DeviceTask<KgGatBatch> {
  readonly config: KgGatConfig;
  readonly nodes: NetworkNodes;
  readonly #features: readonly (readonly Tensor[])[];
  readonly #members: readonly (Members | undefined)[];
  readonly #graphs: readonly DeviceGraph[];
  readonly #sampling: SampledGraph | undefined;
  readonly #conditions: Matrix;
  readonly #pairOfRow: (row: number) => readonly [number, number];
  /** Of what is drawn for the next training step. */
  #draw = 0;

  /** Puts parameters, features and edges on the device. */
  constructor(engine: Engine, readonly options: KgGatTaskOptions) {
    const { scoring, settings, training, data } = options;
    const nodes = networkNodes(data.inputs, settings.layers);
    const config: KgGatConfig = {
      ...settings,
      scoring,
      genes: data.outputs.names.length,
      types: nodes.types,
      relations: nodes.relations,
    };
    const specs = kgGatSpecs(config);
    super(
      engine,
      scoring === "gat" ? "KG-GAT" : "KG-GATv2",
      config.genes,
      specs,
      training,
      (spec) => initialKgGatValues(spec, specs, training.seed),
    );
    this.config = config;
    this.nodes = nodes;
    this.#features = nodes.types.map(({ name, nodes: count, features }) =>
      count === 0
        ? []
        : features.map(({ width, values }) => engine.constant([count, width], values, `features of ${name}`))
    );
    this.#members = nodes.types.map(({ name, nodes: count, all, members, learned }) => {
      if (!learned || count === 0 || count === all) return undefined;
      const { starts, users } = invertIndex(members, all);
      return {
        index: engine.constant([count], members, `${name} that take part`),
        starts: engine.constant([all + 1], starts, `${name} that take part, starts`),
        users: engine.constant([count], users, `${name} that take part, places`),
      };
    });
    this.#graphs = graphsOf(engine, nodes, settings);
    this.#sampling = settings.fanOut === null
      ? undefined
      : new SampledGraph(nodes, settings.fanOut, isBiased(nodes, settings));
    this.#conditions = conditions(data);
    const { drugNodeOfRow, cellNodeOfRow } = data.inputs;
    this.#pairOfRow = (row) => [
      nodes.placeOf.get(drugNodeOfRow[row])!,
      nodes.placeOf.get(cellNodeOfRow[row])!,
    ];
  }

  /** Rows; with sampled neighbours also how many edges were drawn, in steps of half a power of two. */
  protected override shapeOf(pass: Pass, rows: Uint32Array): string {
    return pass === "train" && this.#sampling
      ? `${rows.length} ${this.#sampling.capacity(this.#pairs(rows), this.#draw, this.training.seed)}`
      : String(rows.length);
  }

  /** The network over a batch, and in training its loss. */
  protected override record(step: Step, pass: Pass, rows: Uint32Array): RecordedPass<KgGatBatch> {
    const { config, nodes } = this;
    const train = pass === "train", count = rows.length;
    const sampled = train
      ? this.#sampling?.inputs(step, this.#pairs(rows), this.#draw, this.training.seed)
      : undefined;
    const batch: KgGatBatch = {
      pairs: step.input([2 * count], "drug and cell line of each row", "u32"),
      basal: step.input([count, config.genes], "basal profile"),
      condition: step.input([count, conditionWidth], "dose and time"),
      starts: step.input([nodes.count + 1], "rows by node, starts", "u32"),
      users: step.input([2 * count], "rows by node", "u32"),
      ...(train ? { target: step.input([count, config.genes], "target") } : {}),
      ...(sampled ? { sampled } : {}),
    };
    const p = (key: string) => this.parametersOnDevice.get(key);
    const graphs = sampled ? [sampled.graph] : this.#graphs;
    const output = kgGat(step, p, config, {
      ...batch,
      features: this.#features,
      members: this.#members,
      graphs,
    }, { train });
    const loss = batch.target && mseLoss(step, { prediction: output, target: batch.target });
    return { output, loss, inputs: batch };
  }

  /** Nodes, profiles and conditions of a batch. */
  protected override values(batch: KgGatBatch, _pass: Pass, rows: Uint32Array): InputData {
    const { data } = this.options;
    const pairs = this.#pairs(rows);
    const { starts, users } = invertIndex(pairs, this.nodes.count);
    const values = new Map<Tensor, Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>>([
      [batch.pairs, pairs],
      [batch.starts, starts],
      [batch.users, users],
      [batch.basal, data.basal!.take(rows)],
      [batch.condition, this.#conditions.take(rows)],
    ]);
    if (batch.target) {
      if (!data.truth) throw new Error("these data have no target to train on.");
      values.set(batch.target, data.truth.take(rows));
    }
    if (batch.sampled) this.#sampling!.fill(values, batch.sampled, pairs, this.#draw, this.training.seed);
    return values;
  }

  #pairs(rows: Uint32Array): Uint32Array<ArrayBuffer> {
    return Uint32Array.from(Array.from(rows, this.#pairOfRow).flat());
  }

  /** One step, with neighbours that belong to its number alone: a resumed run draws the same. */
  override async step(rows: Uint32Array, at: Parameters<DeviceTask<KgGatBatch>["step"]>[1]): Promise<void> {
    this.#draw = at.step;
    await super.step(rows, at);
  }
}

/** Whether each relation has a bias of its own. */
function isBiased({ relations }: NetworkNodes, { variant }: KgGatSettings): boolean {
  return variant === "relation-bias" && relations.length > 0;
}

/** All edges in one graph, or of the variant typed one a relation. */
function graphsOf(
  engine: Engine,
  nodes: NetworkNodes,
  settings: KgGatSettings,
): DeviceGraph[] {
  const { count, types, relations, source, destination, relation } = nodes;
  const { variant, layers } = settings;
  if (layers === 0) return [];
  if (variant !== "typed") {
    return [deviceGraph(
      engine,
      edgeIndex({
        sources: count,
        destinations: count,
        source,
        destination,
        ...(isBiased(nodes, settings) ? { relation, relations: relations.length } : {}),
      }),
    )];
  }
  const typeOf = new Map(types.map((type) => [type.name, type]));
  return relations.map((own, number) => {
    const [from, to] = [typeOf.get(own.source)!, typeOf.get(own.destination)!];
    const edges = Uint32Array.from(relation.keys().filter((edge) => relation[edge] === number));
    return deviceGraph(
      engine,
      edgeIndex({
        sources: from.nodes,
        destinations: to.nodes,
        source: edges.map((edge) => source[edge] - from.first),
        destination: edges.map((edge) => destination[edge] - to.first),
      }),
    );
  });
}
