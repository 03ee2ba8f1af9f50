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
    /** The operands with step s of K times 2^d(s) in A and 2^-d(s) in B: the same products. */
    const opposed = (d: (s: number) => number) => {
      const [opposedA, opposedB] = [host.a.slice(), host.b.slice()];
      for (let batch = 0; batch < batches; batch++) {
        for (let s = 0; s < k; s++) {
          for (let i = 0; i < m; i++) opposedA[at(left, batch, i, s)] *= 2 ** d(s);
          for (let j = 0; j < n; j++) opposedB[at(right, batch, s, j)] *= 2 ** -d(s);
        }
      }
      return { a: opposedA, b: opposedB };
    };
    return async () => {
      const { plan, result: c } = await engine.record("matmul", (step) => {
        const c = step.keep(step.empty([batches, m, n], "c"));
        recordMatmul(step, left, right, c, {}, batches);
        return c;
      });
      // A long sum ends in the kernel that adds its parts, whatever found them.
      const { name } = plan.dispatches.findLast(({ kernel }) => kernel.name !== "matmul_sum")!.kernel;
      const runs = name.replace("matmul_", "");
      const results = async () => {
        const values = new Float32Array(await plan.read(c));
        return checked.map(({ batch, i, j }) => values[(batch * m + i) * n + j]);
      };
      const of = async (given: typeof host) => {
        for (const [tensor, values] of [[a, given.a], [b, given.b]] as const) {
          const { buffer, offset } = plan.location(tensor);
          engine.device.queue.writeBuffer(buffer, offset, values);
        }
        plan.replay(new Map(), engine.still);
        return await results();
      };
      return {
        plan,
        runs,
        async error() {
          const error = relativeError(await results(), expected);
          if (!runs.startsWith("matrix_units")) return error;
          // Halves lose what is far below its line's largest: where they would, they must not be used.
          const near = relativeError(await of(opposed((s) => 37 * s % 25 - 12)), expected);
          const far = relativeError(await of(opposed((s) => 37 * s % 61 - 30)), expected);
          const broken = host.a.with(at(left, 0, 0, k - 1), Infinity);
          const first = (await of({ a: broken, b: host.b }))[checked.length - 1];
          await of(host);
          return Number.isFinite(first) ? Infinity : Math.max(error, near, far);
        },
      };
    };
  },
};
