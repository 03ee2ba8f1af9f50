import { type AdapterClass, type Kernel, linearGrid, loop, specialise } from "../descriptor.ts";
import { columnSumLoops, withColumnSums } from "../reduce/reduce.ts";
import { rowShape, withWorkgroupSums, workgroupLoops } from "../reduce/workgroup.ts";
import backwardInput from "./backward_input.wgsl" with { type: "text" };
import backwardInputRows from "./backward_input_rows.wgsl" with { type: "text" };
import backwardWeightsTall from "./backward_weights_tall.wgsl" with { type: "text" };
import backwardWeights from "./backward_weights.wgsl" with { type: "text" };
import forwardRows from "./forward_rows.wgsl" with { type: "text" };
import forward from "./forward.wgsl" with { type: "text" };

/** PyTorch's LayerNorm, or the one of the molecule attention transformer (csg2a.md 2.2). */
export type LayerNormKind = "torch" | "mat";

const kinds = { torch: 0, mat: 1 } as const;

/** Epsilon of each kind: inside the root for PyTorch, added to the deviation for MAT. */
export const layerNormEpsilon: Record<LayerNormKind, number> = { torch: 1e-5, mat: 1e-6 };

/** y and row statistics of [rows, width]: a workgroup or a thread a row. */
export function layerNormForward(kind: LayerNormKind, adapterClass: AdapterClass, width: number): Kernel {
  const wide = rowShape(adapterClass, width) === "workgroup";
  return specialise({
    name: wide ? "layer_norm_forward" : "layer_norm_forward_rows",
    code: wide ? withWorkgroupSums(forward) : forwardRows,
    workgroups: ({ rows }) => linearGrid(rows, wide ? 1 : 8),
    flops: ({ rows, width }) => 8 * rows * width,
    bytes: ({ rows, width }) => 8 * rows * width,
    iterations: ({ width }) => wide ? 3 * loop(width / 64) + 2 * workgroupLoops(64) : 3 * loop(width),
  }, { KIND: kinds[kind] });
}

/** dx of [rows, width]. */
export function layerNormBackwardInput(
  kind: LayerNormKind,
  adapterClass: AdapterClass,
  width: number,
): Kernel {
  const wide = rowShape(adapterClass, width) === "workgroup";
  return specialise({
    name: wide ? "layer_norm_backward_input" : "layer_norm_backward_input_rows",
    code: wide ? withWorkgroupSums(backwardInput) : backwardInputRows,
    workgroups: ({ rows }) => linearGrid(rows, wide ? 1 : 8),
    flops: ({ rows, width }) => 10 * rows * width,
    bytes: ({ rows, width }) => 12 * rows * width,
    iterations: ({ width }) => wide ? 2 * loop(width / 64) + workgroupLoops(64) : 2 * loop(width),
  }, { KIND: kinds[kind] });
}

/** Scale and shift gradients by chunks of rows; `add` says which of them are added to what is there. */
export function layerNormBackwardWeights(
  kind: LayerNormKind,
  adapterClass: AdapterClass,
  add: { readonly scale: boolean; readonly shift: boolean },
): Kernel {
  const tall = adapterClass === "gpu";
  return specialise({
    name: tall ? "layer_norm_backward_weights_tall" : "layer_norm_backward_weights",
    code: tall ? withColumnSums(backwardWeightsTall) : backwardWeights,
    workgroups: ({ width, chunks }) =>
      tall ? linearGrid(Math.ceil(width / 16) * chunks, 1) : linearGrid(width * chunks, 64),
    flops: ({ rows, width }) => 5 * rows * width,
    bytes: ({ rows, width }) => 8 * rows * width,
    iterations: ({ chunk }) => tall ? loop(chunk / 16) + columnSumLoops : loop(chunk),
  }, { KIND: kinds[kind], ADD_SCALE: add.scale ? 1 : 0, ADD_SHIFT: add.shift ? 1 : 0 });
}
