import { gather, gatherAdjoint } from "../../kernels/gather/gather.ts";
import { ShapeError } from "../errors.ts";
import { defineOperation } from "../operation.ts";
import type { Step } from "../step.ts";
import type { Tensor } from "../tensor.ts";
import { listPasses } from "./list_passes.ts";

/** Inputs of a gather; `starts` and `users` invert `index` for the adjoint (see `invertIndex`), where one is wanted. */
export type GatherInputs = { x: Tensor; index: Tensor; starts?: Tensor; users?: Tensor };

/**
 * Rows of x by index: y[r] = x[index[r]]. An index that is no row of x is refused where the host gave it, and comes out as NaN
 * where a kernel wrote it.
 *
 * Shapes: x [sources, ..], index [rows] u32, starts [sources + 1] u32, users [rows] u32 -> [rows, ..].
 * The adjoint sums in ascending order of rows, without atomics.
 * @throws {ShapeError} when `starts` or `users` do not fit, or a constant index is no row of x
 */
export const gatherRows: (step: Step, inputs: GatherInputs, attributes: void) => Tensor = defineOperation<
  GatherInputs,
  void,
  { sources: number; width: number; rows: number }
>({
  name: "gather_rows",
  forward(step, { x, index, starts, users }) {
    const [sources, ...row] = x.shape;
    const width = row.reduce((product, extent) => product * extent, 1);
    if (x.requiresGradient && (starts?.size !== sources + 1 || users?.size !== index.size)) {
      throw new ShapeError(
        `gatherRows(): starts ${starts} and users ${users} do not invert ${index} of ${x}.`,
      );
    }
    step.bound(index, { rows: sources, orNowhere: false, reader: `gatherRows(): ${x}` });
    const sizes = { rows: index.size, sources, width };
    const y = step.empty([index.size, ...row], "gather");
    step.run(gather, { x, index, y }, sizes);
    return { output: y, saved: sizes };
  },
  backward(step, { inputs: { starts, users }, saved: sizes, dy, gradient }) {
    const dx = gradient("x");
    if (!dx || !starts || !users) return;
    for (const { from: first, count: most } of listPasses(step, sizes.rows)) {
      step.run(gatherAdjoint(first > 0), { dy, starts, users, dx }, { ...sizes, first, most });
    }
  },
});

/** CSR inverse of an index: the rows that use source s are `users[starts[s]] .. users[starts[s + 1] - 1]`, ascending. */
export function invertIndex(
  index: Uint32Array,
  sources: number,
): { starts: Uint32Array<ArrayBuffer>; users: Uint32Array<ArrayBuffer> } {
  const starts = new Uint32Array(sources + 1);
  for (const source of index) {
    if (source >= sources) throw new ShapeError(`invertIndex(): index ${source} of ${sources} sources.`);
    starts[source + 1]++;
  }
  for (let s = 0; s < sources; s++) starts[s + 1] += starts[s];
  const next = starts.slice();
  const users = new Uint32Array(index.length);
  index.forEach((source, row) => users[next[source]++] = row);
  return { starts, users };
}
