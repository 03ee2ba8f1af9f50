import { type Kernel, linearGrid } from "../descriptor.ts";
import { withWorkgroupSums } from "../reduce/workgroup.ts";
import backward from "./backward.wgsl" with { type: "text" };
import forward from "./forward.wgsl" with { type: "text" };

/** Softmax of each row of [rows, width]. */
export const softmaxForward: Kernel = {
  name: "softmax_forward",
  code: withWorkgroupSums(forward),
  workgroups: ({ rows }) => linearGrid(rows, 1),
  flops: ({ rows, width }) => 6 * rows * width,
  bytes: ({ rows, width }) => 8 * rows * width,
};

/** Its derivative, from its output. */
export const softmaxBackward: Kernel = {
  name: "softmax_backward",
  code: withWorkgroupSums(backward),
  workgroups: ({ rows }) => linearGrid(rows, 1),
  flops: ({ rows, width }) => 4 * rows * width,
  bytes: ({ rows, width }) => 12 * rows * width,
};
