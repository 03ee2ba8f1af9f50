import { blockGraph, csg2aBlock } from "../../../models/ops/csg2a_block.ts";
import { geneChunkTunable } from "../../../kernels/csg2a_block/tunable.ts";
import { referenceBlock } from "../../reference/csg2a_block.ts";
import { largestError, type TunedWork } from "./work.ts";

/** CSG2A's block with its gradients. */
export const block: TunedWork = {
  tunable: geneChunkTunable,
  prepare(engine, { genes, batch, width }, random) {
    const indptr = Uint32Array.from({ length: genes + 1 }, (_, i) => i);
    const indices = indptr.slice(0, genes);
    const host = {
      profile: random.floats(batch * genes),
      condition: random.floats(batch * genes),
      wGex: random.floats(genes * width),
      wComp: random.floats(genes * width),
      upstream: random.floats(batch * genes),
    };
    const constant = (name: keyof typeof host, shape: number[]) =>
      engine.constant(shape, host[name], name, true);
    const inputs = {
      profile: constant("profile", [batch, genes]),
      condition: constant("condition", [batch, genes]),
      wGex: constant("wGex", [genes, width]),
      wComp: constant("wComp", [genes, width]),
    };
    const upstream = engine.constant([batch, genes], host.upstream, "upstream");
    const packed = blockGraph(indptr, indices, "matmul");
    const graph = engine.constant([packed.graph.length], packed.graph, "graph");
    const graphTransposed = engine.constant([packed.transposed.length], packed.transposed, "graph'");
    const expected = Object.values(
      referenceBlock({ batch, genes, width, indptr, indices, ...host }, "matmul"),
    );
    return async () => {
      const { plan, result: kept } = await engine.record("csg2a block", (step) => {
        const y = csg2aBlock(step, { ...inputs, graph, graphTransposed }, { variant: "matmul" });
        step.backward(y, upstream);
        return [y, ...Object.values(inputs).map((input) => step.gradient(input)!)].map((tensor) =>
          step.keep(tensor)
        );
      });
      const reduction = plan.dispatches.find(({ kernel }) => kernel.name === "csg2a_reduce_genes_forward")!;
      return {
        plan,
        runs: reduction.uniforms.chunk,
        error: () => largestError(plan, kept, expected),
      };
    };
  },
};
