import type { Tensor } from "../../../engine/mod.ts";
import { recordMatmul } from "../../../engine/ops/matmul.ts";
import { matrix, type MatrixView, transposed } from "../../../engine/ops/matrix_view.ts";
import { matmulVariantTunable } from "../../../kernels/matmul/tunable.ts";
import { relativeError } from "../../relative_error.ts";
import type { TunedWork } from "./work.ts";

/** Elements of a product that are checked: each costs k multiply-adds on the host. */
const checkedElements = 500;

/** One batched product in the layout of its shape. */
export const matmul: TunedWork = {
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
