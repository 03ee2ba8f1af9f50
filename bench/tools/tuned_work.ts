import type { Engine, Plan, Tensor, Tunable, Uniforms } from "../../engine/mod.ts";
import { blockGraph, csg2aBlock } from "../../engine/ops/csg2a_block.ts";
import { matrix, type MatrixView, recordMatmul, transposed } from "../../engine/ops/matmul.ts";
import { geneChunkTunable } from "../../kernels/csg2a_block/tunable.ts";
import { matmulVariantTunable } from "../../kernels/matmul/tunable.ts";
import type { RandomValues } from "../random_values.ts";
import { referenceBlock } from "../reference/csg2a_block.ts";
import { relativeError } from "../relative_error.ts";

/** Work by which a choice is judged, recorded with whatever the engine's tuning says. */
export interface JudgedWork {
  readonly plan: Plan;
  /** Largest error of the last replay against float64. */
  error(): Promise<number>;
  /** What the recorded plan runs. */
  readonly runs: string | number;
}

/** A choice with the work that judges it. */
export interface TunedWork {
  readonly tunable: Tunable<string | number>;
  /** Makes inputs once and hands out a recorder, so that all candidates see the same. */
  prepare(engine: Engine, sizes: Uniforms, random: RandomValues): () => Promise<JudgedWork>;
}

/** Elements of a product that are checked: each costs k multiply-adds on the host. */
const checkedElements = 500;

const matmul: TunedWork = {
  tunable: matmulVariantTunable,
  prepare(engine, { m, n, k, batches, a_column, b_column }, random) {
    const host = { a: random.floats(batches * m * k), b: random.floats(batches * k * n) };
    const [a, b] = [
      engine.constant([host.a.length], host.a, "a"),
      engine.constant([host.b.length], host.b, "b"),
    ];
    const view = (tensor: Tensor, rows: number, columns: number, straight: boolean): MatrixView =>
      straight ? matrix(tensor, rows, columns) : transposed(matrix(tensor, columns, rows));
    const [left, right] = [view(a, m, k, a_column === 1), view(b, k, n, b_column === 1)];
    const at = (
      { rowStride, columnStride, batchStride = 0 }: MatrixView,
      batch: number,
      row: number,
      column: number,
    ) => batch * batchStride + row * rowStride + column * columnStride;
    const checked = Array.from({ length: Math.min(checkedElements, batches * m * n) }, () => ({
      batch: random.below(batches),
      i: random.below(m),
      j: random.below(n),
    }));
    // The last row and column are where tiles are cut.
    checked.push({ batch: batches - 1, i: m - 1, j: n - 1 }, { batch: 0, i: m - 1, j: 0 }, {
      batch: 0,
      i: 0,
      j: n - 1,
    });
    const expected = checked.map(({ batch, i, j }) => {
      let sum = 0;
      for (let s = 0; s < k; s++) sum += host.a[at(left, batch, i, s)] * host.b[at(right, batch, s, j)];
      return sum;
    });
    return async () => {
      const { plan, result: c } = await engine.record("matmul", (step) => {
        const c = step.keep(step.empty([batches, m, n], "c"));
        recordMatmul(step, left, right, c, {}, batches);
        return c;
      });
      return {
        plan,
        runs: plan.dispatches.at(-1)!.kernel.name.replace("matmul_", ""),
        async error() {
          const values = new Float32Array(await plan.read(c));
          return relativeError(checked.map(({ batch, i, j }) => values[(batch * m + i) * n + j]), expected);
        },
      };
    };
  },
};

const block: TunedWork = {
  tunable: geneChunkTunable as Tunable<string | number>,
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
        async error() {
          const errors: number[] = [];
          for (const [k, tensor] of kept.entries()) {
            errors.push(relativeError(new Float32Array(await plan.read(tensor)), expected[k]));
          }
          return Math.max(...errors);
        },
      };
    };
  },
};

/** Everything that can be tuned. */
export const tunedWorks: readonly TunedWork[] = [matmul as TunedWork, block];
