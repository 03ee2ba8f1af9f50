import { gatherAdjoint, gatherForward } from "../../kernels/gather/gather.ts";
import { ShapeError } from "../errors.ts";
import { defineOperation } from "../operation.ts";
import type { Step } from "../step.ts";
import type { Tensor } from "../tensor.ts";

/** Inputs of a gather; `starts` and `users` invert `index` for the adjoint (see `invertIndex`), where one is wanted. */
export type GatherInputs = { x: Tensor; index: Tensor; starts?: Tensor; users?: Tensor };

/**
 * Rows of x by index: y[r] = x[index[r]].
 *
 * Shapes: x [sources, width], index [rows] u32, starts [sources + 1] u32, users [rows] u32 -> [rows, width].
 * The adjoint sums in ascending order of rows, without atomics.
 * @throws {ShapeError} when `starts` or `users` do not fit.
 */
export const gatherRows: (step: Step, inputs: GatherInputs, attributes: void) => Tensor = defineOperation<
  GatherInputs,
  void,
  void
>({
  name: "gather_rows",
  forward(step, { x, index, starts, users }) {
    const [sources, width] = x.shape;
    if (x.requiresGradient && (starts?.size !== sources + 1 || users?.size !== index.size)) {
      throw new ShapeError(
        `gatherRows(): starts ${starts} and users ${users} do not invert ${index} of ${x}.`,
      );
    }
    const y = step.empty([index.size, width], "gather");
    step.run(gatherForward, { x, index, y }, { rows: index.size, width });
    return { output: y, saved: undefined };
  },
  backward(step, { inputs: { x, index, starts, users }, dy, gradient }) {
    const [sources, width] = x.shape;
    const dx = gradient("x");
    if (dx && starts && users) {
      step.run(gatherAdjoint, { dy, starts, users, dx }, { sources, width, rows: index.size });
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
