import { type AdapterClass, type Kernel, linearGrid, specialise } from "../descriptor.ts";
import { withWorkgroupSums } from "../reduce/workgroup.ts";
import backwardInput from "./backward_input.wgsl" with { type: "text" };
import backwardInputRows from "./backward_input_rows.wgsl" with { type: "text" };
import backwardWeights from "./backward_weights.wgsl" with { type: "text" };
import forwardRows from "./forward_rows.wgsl" with { type: "text" };
import forward from "./forward.wgsl" with { type: "text" };

/** PyTorch's LayerNorm, or the one of the molecule attention transformer (csg2a.md 2.2). */
export type LayerNormKind = "torch" | "mat";

const kinds = { torch: 0, mat: 1 } as const;

/** Epsilon of each kind: inside the root for PyTorch, added to the deviation for MAT. */
export const layerNormEpsilon: Record<LayerNormKind, number> = { torch: 1e-5, mat: 1e-6 };

/** y and row statistics of [rows, width]: a workgroup a row on a GPU, a thread a row in software. */
export function layerNormForward(kind: LayerNormKind, adapterClass: AdapterClass): Kernel {
  const gpu = adapterClass === "gpu";
  return specialise({
    name: gpu ? "layer_norm_forward" : "layer_norm_forward_rows",
    code: gpu ? withWorkgroupSums(forward) : forwardRows,
    workgroups: ({ rows }) => linearGrid(rows, gpu ? 1 : 8),
    flops: ({ rows, width }) => 8 * rows * width,
    bytes: ({ rows, width }) => 8 * rows * width,
  }, { KIND: kinds[kind] });
}

/** dx of [rows, width]. */
export function layerNormBackwardInput(kind: LayerNormKind, adapterClass: AdapterClass): Kernel {
  const gpu = adapterClass === "gpu";
  return specialise({
    name: gpu ? "layer_norm_backward_input" : "layer_norm_backward_input_rows",
    code: gpu ? withWorkgroupSums(backwardInput) : backwardInputRows,
    workgroups: ({ rows }) => linearGrid(rows, gpu ? 1 : 8),
    flops: ({ rows, width }) => 10 * rows * width,
    bytes: ({ rows, width }) => 12 * rows * width,
  }, { KIND: kinds[kind] });
}

/** Scale and shift gradients by chunks of rows. */
export function layerNormBackwardWeights(kind: LayerNormKind): Kernel {
  return specialise({
    name: "layer_norm_backward_weights",
    code: backwardWeights,
    workgroups: ({ rows, width, chunk }) => [Math.ceil(width / 64), Math.ceil(rows / chunk), 1],
    flops: ({ rows, width }) => 5 * rows * width,
    bytes: ({ rows, width }) => 8 * rows * width,
  }, { KIND: kinds[kind] });
}
