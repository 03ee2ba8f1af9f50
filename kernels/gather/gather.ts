import { type Kernel, linearGrid } from "../descriptor.ts";
import adjoint from "./gather_adjoint.wgsl" with { type: "text" };
import forward from "./gather.wgsl" with { type: "text" };

/** Rows of x by index: [sources, width] -> [rows, width]. */
export const gatherForward: Kernel = {
  name: "gather",
  code: forward,
  workgroups: ({ rows, width }) => linearGrid(rows * width, 64),
  flops: () => 0,
  bytes: ({ rows, width }) => 8 * rows * width,
};

/** Sum of dy over each source's users. */
export const gatherAdjoint: Kernel = {
  name: "gather_adjoint",
  code: adjoint,
  workgroups: ({ sources, width }) => linearGrid(sources * width, 64),
  flops: ({ rows, width }) => rows * width,
  bytes: ({ sources, rows, width }) => 4 * (sources + rows) * width,
};
