import { type Kernel, linearGrid } from "../descriptor.ts";
import code from "./non_finite_scan.wgsl" with { type: "text" };

/** Raises `flag[0]` when any of `n` values is NaN or infinite. */
export const nonFiniteScan: Kernel = {
  name: "non_finite_scan",
  code,
  workgroups: ({ n }) => linearGrid(n, 64),
  flops: () => 0,
  bytes: ({ n }) => 4 * n,
  iterations: () => 0,
};
