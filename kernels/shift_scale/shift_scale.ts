import { type Kernel, linearGrid } from "../descriptor.ts";
import forward from "./forward.wgsl" with { type: "text" };
import scale from "./scale.wgsl" with { type: "text" };

/** y = (x + shift) scale with scalars from the device; without the factor when `scaled` is 0. */
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
