/** Golden checks of single layers of graph attention, forward and backward: as a layer runs, and cut up in every way at once. */
import type { Engine, HostArray, Step, Tensor } from "../../engine/mod.ts";
import { linear } from "../../engine/ops/linear.ts";
import { broadcastAdd } from "../../engine/ops/broadcast_add.ts";
import type { GraphAttentionAttributes } from "../../models/ops/graph_attention/attributes.ts";
import {
  type EdgeFeatureOrder,
  edgeFeatureOrder,
  featuresBySlot,
} from "../../models/ops/graph_attention/edge_features.ts";
import { type EdgeIndex, edgeIndex, withSelfLoops } from "../../models/ops/graph_attention/edge_index.ts";
import { gatAttention, gatLayer } from "../../models/ops/graph_attention/gat_attention.ts";
import { gatv2Layer } from "../../models/ops/graph_attention/gatv2_layer.ts";
import { deviceGraph } from "../../models/ops/graph_attention/graph.ts";
import { foldHeads, meanOfHeads } from "../../models/ops/graph_attention/head_logits.ts";
import { type RunInput, runOperation } from "../support/run_operation.ts";
import { within } from "./badger_file.ts";
import type { GoldenCheck } from "./compare.ts";
import { configured, type KgGolden } from "./kg_golden.ts";

/** Tolerances of the goldens' README. */
const shares = { output: 2e-5, gradient: 5e-5, largeLogits: 1e-4 } as const;

interface Layer {
  readonly golden: KgGolden;
  readonly attributes: GraphAttentionAttributes;
  readonly order?: EdgeFeatureOrder;
  /** Given dropout mask by slot. */
  readonly keep?: Tensor;
}

/** A layer golden, in the form of this adapter and in the other with rows of 16 edges and a head at a time. */
export async function checkGraphLayer(engine: Engine, golden: KgGolden): Promise<GoldenCheck[]> {
  const checks: GoldenCheck[] = [];
  const features = golden.has("edge_attr_raw");
  const other = engine.device.adapterClass === "gpu" ? "thread" : "lanes";
  const { index, kept } = indexOf(golden);
  checks.push(...checkIndex(golden, index));
  const ways = [
    { label: "", chunk: undefined, cut: {} },
    { label: " cut up", chunk: 16, cut: { form: other, ...(features ? {} : { mostHeads: 1 }) } },
  ] as const;
  for (const { label, chunk, cut } of ways) {
    const graph = deviceGraph(engine, index, chunk ? { chunk } : {});
    const heads = configured<number>(golden, "heads");
    const rate = configured<number>(golden, "dropout_p");
    const layer: Layer = {
      golden,
      attributes: { graph, heads, slope: configured(golden, "negative_slope"), dropout: { rate }, ...cut },
      order: features ? edgeFeatureOrder(engine, index, golden.shape("edge_attr_raw")[0], kept) : undefined,
      keep: golden.has("keep") ? maskBySlot(engine, golden, index, heads) : undefined,
    };
    const run = await runOperation(
      engine,
      inputsOf(golden),
      (step, t) => build(step, t, layer),
      [golden.values("cot")],
    );
    const large = golden.name.endsWith("_large_logits");
    checks.push(
      golden.relative("out", run.outputs[0], large ? shares.largeLogits : shares.output, 0, `out${label}`),
    );
    const wanted = golden.names("grad.").filter((key) => !key.startsWith("inter."));
    for (const key of wanted) {
      const name = Object.keys(run.gradients).find((input) => input === key || input === `param.${key}`);
      const found = name ? run.gradients[name] : new Float32Array();
      checks.push(golden.relative(`grad.${key}`, found, shares.gradient, 1e-3, `grad.${key}${label}`));
    }
    if (wanted.length === 0) checks.push(finite(run.gradients, label));
  }
  return checks;
}

function finite(gradients: Readonly<Record<string, Float32Array>>, label: string): GoldenCheck {
  const bad = Object.entries(gradients).find(([, values]) => !values.every(Number.isFinite));
  return {
    name: `finite gradients${label}`,
    worst: bad ? Infinity : 0,
    tolerance: 0,
    passed: !bad && Object.keys(gradients).length > 0,
    ...(bad ? { detail: `gradient of ${bad[0]} is not finite` } : {}),
  };
}

/** The edges with loops as the case has them. */
function indexOf(golden: KgGolden): { index: EdgeIndex; kept?: Uint32Array } {
  const [sources, destinations] = golden.has("x")
    ? [golden.shape("x")[0], golden.shape("x")[0]]
    : [golden.shape("x_src")[0], golden.shape("x_dst")[0]];
  const raw = golden.indices("edge_index_raw");
  const list = {
    sources,
    destinations,
    source: raw.slice(0, raw.length / 2),
    destination: raw.slice(raw.length / 2),
  };
  if (!configured(golden, "add_self_loops")) return { index: edgeIndex(list) };
  const looped = withSelfLoops(list);
  return { index: edgeIndex(looped.list), kept: looped.kept };
}

function checkIndex(golden: KgGolden, { csr, csc }: EdgeIndex): GoldenCheck[] {
  const found: Record<string, ArrayLike<number>> = {
    "csr.rowptr": csr.rowptr,
    "csr.src": csr.src,
    "csr.eid": csr.edge,
    "csc.colptr": csc.colptr,
    "csc.dst": csc.dst,
    "csc.slot": csc.slot,
  };
  return Object.entries(found).map(([name, values]) => within(name, values, golden.values(name), 0));
}

function maskBySlot(engine: Engine, golden: KgGolden, { csr: { edge } }: EdgeIndex, heads: number): Tensor {
  const mask = golden.values("keep");
  const bySlot = Float32Array.from(
    { length: mask.length },
    (_, k) => mask[edge[Math.floor(k / heads)] * heads + k % heads],
  );
  return engine.constant([edge.length, heads], bySlot, "keep");
}

function inputsOf(golden: KgGolden): Record<string, RunInput> {
  const names = [...golden.tensors.keys()].filter((name) =>
    /^(x|x_src|x_dst|edge_attr_raw)$|^param\./.test(name)
  );
  return Object.fromEntries(names.map((name) => {
    const values: HostArray = golden.values(name);
    return [name, { shape: golden.shape(name), values }];
  }));
}

type Tensors = Readonly<Record<string, Tensor>>;

/** Heads joined, residual and bias as PyTorch Geometric's layers have them. */
function build(step: Step, t: Tensors, layer: Layer): Tensor {
  const { golden, attributes } = layer;
  const xs = t.x ?? t.x_src;
  const xd = t.x ?? t.x_dst;
  const y = golden.manifest.op === "GATv2Conv" ? gatv2(step, t, xs, xd, layer) : gat(step, t, xs, xd, layer);
  const joined = configured(golden, "concat") ? y : meanOfHeads(step, { x: y }, attributes);
  const [bias, weight] = [t["param.bias"], t["param.res.weight"]];
  if (weight) return linear(step, { x: xd, weight, bias, residual: joined }, {});
  return bias
    ? broadcastAdd(step, { full: joined, item: bias }, { samples: joined.shape[0], items: 1 })
    : joined;
}

function gat(step: Step, t: Tensors, xs: Tensor, xd: Tensor, { attributes, order, keep }: Layer): Tensor {
  const xl = linear(step, { x: xs, weight: t["param.lin.weight"] ?? t["param.lin_src.weight"] }, {});
  const [sourceVector, destinationVector] = [t["param.att_src"], t["param.att_dst"]];
  const edgeLogits = order && linear(step, {
    x: featuresBySlot(step, { features: t.edge_attr_raw }, order),
    weight: foldHeads(step, { weight: t["param.lin_edge.weight"], vector: t["param.att_edge"] }, attributes),
  }, {});
  const weight = t["param.lin_dst.weight"];
  if (!weight) {
    return gatLayer(step, { xl, xr: xl, sourceVector, destinationVector, edgeLogits, keep }, attributes);
  }
  // The destinations' half without projecting them.
  const halfOf = foldHeads(step, { weight, vector: destinationVector }, attributes);
  const sourceOf = foldHeads(step, { weight: t["param.lin_src.weight"], vector: sourceVector }, attributes);
  return gatAttention(step, {
    xl,
    sourceLogits: linear(step, { x: xs, weight: sourceOf }, {}),
    destinationLogits: linear(step, { x: xd, weight: halfOf }, {}),
    edgeLogits,
    keep,
  }, attributes);
}

function gatv2(step: Step, t: Tensors, xs: Tensor, xd: Tensor, { attributes, order, keep }: Layer): Tensor {
  const side = (name: string, x: Tensor) =>
    linear(step, { x, weight: t[`param.${name}.weight`], bias: t[`param.${name}.bias`] }, {});
  const xl = side("lin_l", xs);
  return gatv2Layer(step, {
    xl,
    xr: t["param.lin_r.weight"] ? side("lin_r", xd) : xl,
    vector: t["param.att"],
    edgeFeatures: order && featuresBySlot(step, { features: t.edge_attr_raw }, order),
    edgeWeight: t["param.lin_edge.weight"],
    keep,
  }, attributes);
}
