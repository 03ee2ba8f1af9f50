/** This project as a contender: its kernels as a step that is recorded once and replayed. */
import { Engine, type Step, type Tensor } from "../../engine/mod.ts";
import { blockGraph, csg2aBlock } from "../../models/ops/csg2a_block.ts";
import { csg2aBlockMaterialised } from "../naive/csg2a_block_materialised.ts";
import { dotAttention } from "../../engine/ops/dot_attention.ts";
import { defineOperation } from "../../engine/operation.ts";
import { recordMatmul } from "../../engine/ops/matmul.ts";
import { matrix, transposed } from "../../engine/ops/matrix_view.ts";
import project from "../../deno.json" with { type: "json" };
import { peerCases, peerGraph, type PeerInputs } from "./peer_case.ts";
import type { PeerWork } from "./protocol.ts";
import { type PreparedWork, servePeer } from "./serve_peer.ts";

const product = defineOperation<{ a: Tensor; b: Tensor }, void, void>({
  name: "matmul",
  forward(step, { a, b }) {
    const [m, k] = a.shape, n = b.shape[1];
    const y = step.empty([m, n], "y");
    recordMatmul(step, matrix(a, m, k), matrix(b, k, n), y);
    return { output: y, saved: undefined };
  },
  backward(step, { inputs: { a, b }, dy, gradient }) {
    const [m, k] = a.shape, n = b.shape[1];
    const [da, db] = [gradient("a"), gradient("b")];
    if (da) recordMatmul(step, matrix(dy, m, n), transposed(matrix(b, k, n)), da);
    if (db) recordMatmul(step, transposed(matrix(a, m, k)), matrix(dy, m, n), db);
  },
});

function output(
  engine: Engine,
  step: Step,
  { case: name, form, sizes }: PeerWork,
  inputs: PeerInputs,
  tensors: Readonly<Record<string, Tensor>>,
): Tensor {
  if (name === "matmul") return product(step, { a: tensors.a, b: tensors.b });
  if (name === "attention") {
    const { q, k, v } = tensors;
    return dotAttention(step, { q, k, v }, { samples: sizes.heads, heads: 1 });
  }
  const { indptr, indices } = peerGraph(inputs.arrays.ppi);
  const { profile, condition, wGex, wComp } = tensors;
  const block = { profile, condition, wGex, wComp };
  const packed = blockGraph(indptr, indices, "matmul");
  const graph = engine.constant([packed.graph.length], packed.graph, "graph");
  if (form === "materialised") {
    return csg2aBlockMaterialised(step, { ...block, graph }, { variant: "matmul", products: "tiled" });
  }
  const graphTransposed = engine.constant([packed.transposed.length], packed.transposed, "graph'");
  return csg2aBlock(step, { ...block, graph, graphTransposed }, { variant: "matmul" });
}

async function prepare(work: PeerWork): Promise<PreparedWork> {
  const engine = await Engine.open(navigator.gpu);
  const inputs = peerCases[work.case].inputs(work.sizes, work.seed);
  const attention = work.case === "attention"; // heads are its samples
  const flat = (shape: readonly number[]) => attention ? [shape[0] * shape[1], shape[2]] : shape;
  const both = work.pass === "both";
  const tensors: Record<string, Tensor> = {};
  for (const [name, { shape, data }] of Object.entries(inputs.arrays)) {
    if (name === "ppi") continue; // as a list of its ones
    tensors[name] = engine.constant(flat(shape), data, name, both && inputs.differentiated.includes(name));
  }
  const upstream = engine.constant(flat(inputs.upstream.shape), inputs.upstream.data, "upstream");
  const { plan, result: kept } = await engine.record(work.case, (step) => {
    const y = output(engine, step, work, inputs, tensors);
    if (!both) return { y: step.keep(y) };
    step.backward(y, upstream);
    const gradients = inputs.differentiated.map((
      name,
    ) => [`d${name}`, step.keep(step.gradient(tensors[name])!)]);
    return Object.fromEntries(gradients) as Record<string, Tensor>;
  });
  const nothing = new Map();
  return {
    run: () => plan.replay(nothing, engine.still),
    wait: () => engine.device.idle(),
    async outputs() {
      const outputs: Record<string, Float32Array> = {};
      for (const [name, tensor] of Object.entries(kept)) {
        outputs[name] = new Float32Array(await plan.read(tensor));
      }
      return outputs;
    },
    dispose: () => engine.dispose(),
  };
}

await servePeer(async () => {
  const engine = await Engine.open(navigator.gpu);
  const adapter = engine.device.description;
  engine.dispose();
  return { versions: { Perturbine: project.version }, adapter, prepare };
});
