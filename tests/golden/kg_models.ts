/** Golden checks of the typed models and of the MLP baseline of kg-gat: first step, gradients, and parameters after steps of Adam. */
import {
  type Engine,
  LossRing,
  Parameters,
  recordOptimizer,
  type Step,
  type Tensor,
} from "../../engine/mod.ts";
import { concatColumns } from "../../engine/ops/concat_columns.ts";
import { elementwise } from "../../engine/ops/elementwise.ts";
import { gatherRows, invertIndex } from "../../engine/ops/gather_rows.ts";
import { layerNorm } from "../../engine/ops/layer_norm.ts";
import { linear } from "../../engine/ops/linear.ts";
import { mseLoss } from "../../engine/ops/mse_loss.ts";
import { edgeIndex } from "../../models/ops/graph_attention/edge_index.ts";
import { type DeviceGraph, deviceGraph } from "../../models/ops/graph_attention/graph.ts";
import {
  type RelationParameters,
  typedLayer,
  type TypedRelation,
} from "../../models/ops/graph_attention/typed_layer.ts";
import { within } from "./badger_file.ts";
import type { GoldenCheck } from "./compare.ts";
import { configured, type KgGolden } from "./kg_golden.ts";

/** Tolerances of the goldens' README. */
const tolerances = { step1: 5e-5, gradient: 1e-5, after: 1e-4, loss: 1e-5 } as const;

interface Recorded {
  readonly loss: Tensor;
  /** By the names that follow `step1.`. */
  readonly kept: Readonly<Record<string, Tensor>>;
}

type Get = (key: string) => Tensor;
type Values = Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>;

interface Run {
  readonly learningRate: number;
  readonly steps: number;
  /** Inputs of a step, made when it is recorded. */
  readonly build: (
    step: Step,
    get: Get,
    input: (name: string, shape: readonly number[], dtype?: "u32") => Tensor,
  ) => Recorded;
  /** Their values, by step and name. */
  readonly values: (step: number, name: string) => Values;
}

/** Runs a model's steps and compares what the golden holds of them. */
async function checkSteps(engine: Engine, golden: KgGolden, run: Run): Promise<GoldenCheck[]> {
  const keys = golden.names("param.");
  const specs = keys.map((key) => ({
    key,
    shape: golden.shape(`param.${key}`),
    kind: "parameter" as const,
    trainable: true,
  }));
  const parameters = new Parameters(engine.device, specs);
  const ring = new LossRing(engine.device);
  try {
    for (const key of keys) parameters.write(key, golden.values(`param.${key}`));
    const { plan, result } = await engine.record(golden.name, (step) => {
      const inputs = new Map<string, Tensor>();
      const input = (name: string, shape: readonly number[], dtype?: "u32") => {
        const tensor = step.input(shape, name, dtype);
        inputs.set(name, tensor);
        return tensor;
      };
      const { loss, kept } = run.build(step, (key) => parameters.get(key), input);
      step.backward(loss, engine.one);
      for (const tensor of [loss, ...Object.values(kept)]) step.keep(tensor);
      const gradients = keys.flatMap((key) => {
        const gradient = step.gradient(parameters.get(key));
        return gradient ? [[key, gradient] as const] : [];
      });
      recordOptimizer(step, parameters, loss, ring, { kind: "adam" });
      return { inputs, loss, kept, gradients: new Map(gradients) };
    });
    const checks: GoldenCheck[] = [];
    const losses = Array.from(golden.values("losses"));
    for (let step = 0; step < run.steps; step++) {
      const given = [...result.inputs].map(([name, tensor]) => [tensor, run.values(step, name)] as const);
      plan.replay(new Map(given), { step, seed: 0, learningRate: run.learningRate });
      const read = async (tensor: Tensor) => new Float32Array(await plan.read(tensor));
      const [loss] = await read(result.loss);
      checks.push(within(`loss of step ${step + 1}`, [loss], [losses[step]], tolerances.loss * losses[step]));
      if (step === 0) {
        for (const [name, tensor] of Object.entries(result.kept)) {
          if (!golden.has(`step1.${name}`)) continue;
          checks.push(golden.absolute(`step1.${name}`, await read(tensor), tolerances.step1));
        }
        for (const key of golden.names("grad1.")) {
          const gradient = result.gradients.get(key);
          // A parameter that no path of this model leads from to the loss has none: the golden's must be zero.
          const found = gradient
            ? await read(gradient)
            : new Float32Array(golden.values(`grad1.${key}`).length);
          checks.push(golden.absolute(`grad1.${key}`, found, tolerances.gradient));
        }
      }
      const after = await parameters.values();
      for (const key of golden.names(`after${step + 1}.`)) {
        checks.push(golden.absolute(`after${step + 1}.${key}`, after.get(key)!, tolerances.after));
      }
    }
    return checks;
  } finally {
    parameters.dispose();
    ring.dispose();
  }
}

/** A row of a table that holds one a step. */
function rowOf(golden: KgGolden, name: string, step: number): Float32Array<ArrayBuffer> {
  const values = golden.values(name);
  const size = values.length / golden.shape(name)[0];
  return values.slice(step * size, (step + 1) * size);
}

/** The MLP on drug, target and baseline side by side: linear layers with ReLUs between them. */
export function checkMlpBaseline(engine: Engine, golden: KgGolden): Promise<GoldenCheck[]> {
  const batch = configured<number>(golden, "batch");
  const outputs = configured<number>(golden, "outputs");
  const layers = golden.names("param.").filter((key) => key.endsWith(".weight")).length;
  return checkSteps(engine, golden, {
    learningRate: configured(golden, "lr"),
    steps: configured(golden, "steps"),
    values: (step, name) => rowOf(golden, name, step),
    build(step, get, input) {
      const parts = ["drug", "target", "baseline"].map((name) => input(name, [batch, golden.shape(name)[2]]));
      const target = input("y", [batch, outputs]);
      let x = concatColumns(step, parts);
      for (let layer = 0; layer < layers; layer++) {
        x = linear(step, { x, weight: get(`${layer}.weight`), bias: get(`${layer}.bias`) }, {
          activation: layer < layers - 1 ? "relu" : "none",
        });
      }
      return { loss: mseLoss(step, { prediction: x, target }), kept: { pred: x } };
    },
  });
}

interface TypedConfig {
  readonly types: Readonly<Record<string, { readonly nodes: number }>>;
  readonly relations: readonly { readonly src: string; readonly rel: string; readonly dst: string }[];
  readonly heads: number;
  readonly layers: number;
  readonly layer_norm: boolean;
  readonly batch: number;
  readonly outputs: number;
  readonly steps: number;
  readonly adam: { readonly lr: number };
}

/** The typed model of kg-gat.md 5.3 through its steps. */
export function checkTypedModel(engine: Engine, golden: KgGolden): Promise<GoldenCheck[]> {
  const config = golden.manifest.config as unknown as TypedConfig;
  const graphs = config.relations.map(({ src, rel, dst }) => {
    const edges = golden.indices(`edge.${src}__${rel}__${dst}`);
    return deviceGraph(
      engine,
      edgeIndex({
        sources: config.types[src].nodes,
        destinations: config.types[dst].nodes,
        source: edges.slice(0, edges.length / 2),
        destination: edges.slice(edges.length / 2),
      }),
    );
  });
  const features = Object.fromEntries(
    Object.keys(config.types).map((type) => [
      type,
      engine.constant(golden.shape(`x.${type}`), golden.values(`x.${type}`), type),
    ]),
  );
  return checkSteps(engine, golden, {
    learningRate: config.adam.lr,
    steps: config.steps,
    values: (step, name) => batchValues(golden, config, step, name),
    build(step, get, input) {
      const kept: Record<string, Tensor> = {};
      let states: Record<string, Tensor> = Object.fromEntries(
        Object.entries(features).map(([type, x]) => [
          type,
          linear(step, { x, weight: get(`proj.${type}.weight`), bias: get(`proj.${type}.bias`) }, {}),
        ]),
      );
      for (let layer = 0; layer < config.layers; layer++) {
        states = block(step, get, golden, config, graphs, states, layer);
        for (const [type, state] of Object.entries(states)) kept[`h.${layer + 1}.${type}`] = state;
      }
      const readOut = (type: string) => {
        const lists = { starts: [config.types[type].nodes + 1], users: [config.batch] };
        return gatherRows(step, {
          x: states[type],
          index: input(`${type}.index`, [config.batch], "u32"),
          starts: input(`${type}.starts`, lists.starts, "u32"),
          users: input(`${type}.users`, lists.users, "u32"),
        });
      };
      const z = concatColumns(step, [readOut("drug"), readOut("cell")]);
      const hidden = linear(step, { x: z, weight: get("head.0.weight"), bias: get("head.0.bias") }, {
        activation: "relu",
      });
      kept.pred = linear(step, { x: hidden, weight: get("head.1.weight"), bias: get("head.1.bias") }, {});
      const target = input("y", [config.batch, config.outputs]);
      return { loss: mseLoss(step, { prediction: kept.pred, target }), kept };
    },
  });
}

/** ELU of the layer, normalised where the case says so. */
function block(
  step: Step,
  get: Get,
  golden: KgGolden,
  { relations, heads, layer_norm }: TypedConfig,
  graphs: readonly DeviceGraph[],
  states: Record<string, Tensor>,
  layer: number,
): Record<string, Tensor> {
  const typed = relations.map(({ src, rel, dst }, k): TypedRelation => ({
    source: src,
    destination: dst,
    graph: graphs[k],
    parameters: relationParameters(golden, get, `conv.${layer}.${src}__${rel}__${dst}`),
  }));
  const selfPaths = Object.fromEntries(
    Object.keys(states).map((type) => [type, {
      weight: get(`self.${layer}.${type}.weight`),
      bias: get(`self.${layer}.${type}.bias`),
    }]),
  );
  const sums = typedLayer(step, states, typed, selfPaths, { heads });
  return Object.fromEntries(
    Object.entries(sums).map(([type, x]) => {
      const norm = (name: string) => get(`norm.${layer}.${type}.${name}`);
      const normed = layer_norm
        ? layerNorm(step, { x, scale: norm("weight"), shift: norm("bias") }, { kind: "torch" })
        : x;
      return [type, elementwise(step, { x: normed }, { stages: [{ kind: "elu" }] })];
    }),
  );
}

function relationParameters(golden: KgGolden, get: Get, key: string): RelationParameters {
  const of = (name: string) => get(`${key}.${name}`);
  if (golden.manifest.op === "hetero-gat") {
    return {
      kind: "gat",
      sourceWeight: of("lin_src.weight"),
      destinationWeight: of("lin_dst.weight"),
      sourceVector: of("att_src"),
      destinationVector: of("att_dst"),
      bias: of("bias"),
    };
  }
  return {
    kind: "gatv2",
    sourceWeight: of("lin_l.weight"),
    sourceBias: of("lin_l.bias"),
    destinationWeight: of("lin_r.weight"),
    destinationBias: of("lin_r.bias"),
    vector: of("att"),
    bias: of("bias"),
  };
}

function batchValues(golden: KgGolden, config: TypedConfig, step: number, name: string): Values {
  if (name === "y") return rowOf(golden, "batch.y", step);
  const [type, part] = name.split(".");
  const index = Uint32Array.from(rowOf(golden, `batch.${type}`, step));
  if (part === "index") return index;
  const inverse = invertIndex(index, config.types[type].nodes);
  return part === "starts" ? inverse.starts : inverse.users;
}
