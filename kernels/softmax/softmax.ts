import { type AdapterClass, type Kernel, linearGrid } from "../descriptor.ts";
import { withWorkgroupSums } from "../reduce/workgroup.ts";
import backward from "./backward.wgsl" with { type: "text" };
import backwardRows from "./backward_rows.wgsl" with { type: "text" };
import forward from "./forward.wgsl" with { type: "text" };
import forwardRows from "./forward_rows.wgsl" with { type: "text" };

/** Softmax of each row of [rows, width]: a workgroup a row on a GPU, a thread a row in software. */
export function softmaxForward(adapterClass: AdapterClass): Kernel {
  const gpu = adapterClass === "gpu";
  return {
    name: gpu ? "softmax_forward" : "softmax_forward_rows",
    code: gpu ? withWorkgroupSums(forward) : forwardRows,
    workgroups: ({ rows }) => linearGrid(rows, gpu ? 1 : 8),
    flops: ({ rows, width }) => 6 * rows * width,
    bytes: ({ rows, width }) => 8 * rows * width,
  };
}

/** Its derivative, from its output. */
export function softmaxBackward(adapterClass: AdapterClass): Kernel {
  const gpu = adapterClass === "gpu";
  return {
    name: gpu ? "softmax_backward" : "softmax_backward_rows",
    code: gpu ? withWorkgroupSums(backward) : backwardRows,
    workgroups: ({ rows }) => linearGrid(rows, gpu ? 1 : 8),
    flops: ({ rows, width }) => 4 * rows * width,
    bytes: ({ rows, width }) => 12 * rows * width,
  };
}
