import { type Kernel, specialise } from "../descriptor.ts";
import backward from "./backward.wgsl" with { type: "text" };
import forward from "./forward.wgsl" with { type: "text" };

/** y, batch statistics and moved running statistics of [rows, width]. */
export function batchNormForward(train: boolean): Kernel {
  return specialise({
    name: "batch_norm_forward",
    code: forward,
    workgroups: ({ width }) => [Math.ceil(width / 64), 1, 1],
    flops: ({ rows, width }) => (train ? 8 : 4) * rows * width,
    bytes: ({ rows, width }) => 8 * rows * width,
  }, { TRAIN: train ? 1 : 0 });
}

/** dx, dscale and dshift of [rows, width]. */
export function batchNormBackward(train: boolean): Kernel {
  return specialise({
    name: "batch_norm_backward",
    code: backward,
    workgroups: ({ width }) => [Math.ceil(width / 64), 1, 1],
    flops: ({ rows, width }) => 10 * rows * width,
    bytes: ({ rows, width }) => 12 * rows * width,
  }, { TRAIN: train ? 1 : 0 });
}
