import { type Kernel, linearGrid, loop } from "../descriptor.ts";
import { withWorkgroupSums, workgroupLoops } from "../reduce/workgroup.ts";
import forward from "./forward.wgsl" with { type: "text" };
import gradients from "./gradients.wgsl" with { type: "text" };
import gradientSums from "./gradient_sums.wgsl" with { type: "text" };
import scale from "./scale.wgsl" with { type: "text" };

/** y = (x + shift) scale with scalars from the device. */
export const shiftScaleForward: Kernel = {
  name: "shift_scale",
  code: forward,
  workgroups: ({ n }) => linearGrid(n, 64),
  flops: ({ n }) => 2 * n,
  bytes: ({ n }) => 8 * n,
  iterations: () => 0,
};

/** y = x scale with a scalar from the device. */
export const scaleBy: Kernel = {
  name: "scale_by",
  code: scale,
  workgroups: ({ n }) => linearGrid(n, 64),
  flops: ({ n }) => n,
  bytes: ({ n }) => 8 * n,
  iterations: () => 0,
};

/** Threads of the scalars' sums over n values: at most 2,048, of 32 values each or more. */
export function threadsOfSums(n: number): number {
  return Math.max(1, Math.min(2048, Math.ceil(n / 32)));
}

/** Sums of dy (x + shift) and dy, by threads. */
export const scalarSums: Kernel = {
  name: "shift_scale_sums",
  code: gradientSums,
  workgroups: ({ threads }) => [Math.ceil(threads / 64), 1, 1],
  flops: ({ n }) => 4 * n,
  bytes: ({ n, threads }) => 8 * n + 8 * threads,
  iterations: ({ n, threads }) => loop(n / threads),
};

/** Gradients of both scalars. */
export const scalarGradients: Kernel = {
  name: "shift_scale_gradients",
  code: withWorkgroupSums(gradients),
  workgroups: () => [1, 1, 1],
  flops: ({ threads }) => 2 * threads,
  bytes: ({ threads }) => 8 * threads,
  iterations: ({ threads }) => loop(threads / 64) + workgroupLoops(64),
};
