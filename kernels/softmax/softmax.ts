import { type AdapterClass, type Kernel, linearGrid, loop } from "../descriptor.ts";
import { rowShape, withWorkgroupSums, workgroupLoops } from "../reduce/workgroup.ts";
import backward from "./backward.wgsl" with { type: "text" };
import backwardRows from "./backward_rows.wgsl" with { type: "text" };
import forward from "./forward.wgsl" with { type: "text" };
import forwardRows from "./forward_rows.wgsl" with { type: "text" };

/** Softmax of each row of [rows, width]: a workgroup or a thread a row. */
export function softmaxForward(adapterClass: AdapterClass, width: number): Kernel {
  const wide = rowShape(adapterClass, width) === "workgroup";
  return {
    name: wide ? "softmax_forward" : "softmax_forward_rows",
    code: wide ? withWorkgroupSums(forward) : forwardRows,
    workgroups: ({ rows }) => linearGrid(rows, wide ? 1 : 8),
    flops: ({ rows, width }) => 6 * rows * width,
    bytes: ({ rows, width }) => 8 * rows * width,
    iterations: ({ width }) => wide ? 3 * loop(width / 64) + 2 * workgroupLoops(64) : 3 * loop(width),
  };
}

/** Its derivative, from its output. */
export function softmaxBackward(adapterClass: AdapterClass, width: number): Kernel {
  const wide = rowShape(adapterClass, width) === "workgroup";
  return {
    name: wide ? "softmax_backward" : "softmax_backward_rows",
    code: wide ? withWorkgroupSums(backward) : backwardRows,
    workgroups: ({ rows }) => linearGrid(rows, wide ? 1 : 8),
    flops: ({ rows, width }) => 4 * rows * width,
    bytes: ({ rows, width }) => 12 * rows * width,
    iterations: ({ width }) => wide ? 2 * loop(width / 64) + workgroupLoops(64) : 2 * loop(width),
  };
}
