import { type Kernel, linearGrid } from "../descriptor.ts";
import poisonCode from "./poison.wgsl" with { type: "text" };
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

/** Fills `n` words with a NaN: for tests, which find a read of unwritten memory by it. */
export const poison: Kernel = {
  name: "poison",
  code: poisonCode,
  workgroups: ({ n }) => linearGrid(n, 64),
  flops: () => 0,
  bytes: ({ n }) => 4 * n,
  iterations: () => 0,
};
