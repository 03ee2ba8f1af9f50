import { type Kernel, linearGrid, loop, specialise } from "../descriptor.ts";
import adjoint from "./gather_adjoint.wgsl" with { type: "text" };
import forward from "./gather.wgsl" with { type: "text" };

/** The index of no row: `gather` gives zeros for it, and NaN for any other that is none. */
export const nowhere = 0xffff_ffff;

/** Rows of x by index: [sources, width] -> [rows, width]. */
export const gather: Kernel = {
  name: "gather",
  code: forward,
  workgroups: ({ rows, width }) => linearGrid(rows * width, 64),
  flops: () => 0,
  bytes: ({ rows, width }) => 8 * rows * width,
  iterations: () => 0,
};

/** Sum of dy over each source's users, from the `first` of them on at most `most`; later passes add to the first. */
export function gatherAdjoint(accumulate: boolean): Kernel {
  return specialise({
    name: "gather_adjoint",
    code: adjoint,
    workgroups: ({ sources, width }) => linearGrid(sources * width, 64),
    flops: ({ rows, width }) => rows * width,
    bytes: ({ sources, rows, width }) => 4 * (sources + rows) * width,
    iterations: ({ most }) => loop(most),
  }, { ACCUMULATE: accumulate ? 1 : 0 });
}
