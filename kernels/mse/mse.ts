import { type Kernel, linearGrid } from "../descriptor.ts";
import code from "./backward.wgsl" with { type: "text" };

/** Derivative of the mean squared error with respect to the prediction. */
export const mseBackward: Kernel = {
  name: "mse_backward",
  code,
  workgroups: ({ n }) => linearGrid(n, 64),
  flops: ({ n }) => 3 * n,
  bytes: ({ n }) => 12 * n,
  iterations: () => 0,
};
