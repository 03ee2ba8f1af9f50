import {
  attentionScoreGradient,
  attentionWeights,
  dropWeights,
  type Normalisation,
  zeroPadding,
} from "../../kernels/attention_rows/attention_rows.ts";
import { maxGridDimension } from "../../kernels/descriptor.ts";
import { cutAtMost, piecesOf } from "../cut.ts";
import { ShapeError } from "../errors.ts";
import type { Step } from "../step.ts";
import type { Tensor } from "../tensor.ts";
import type { AttentionSizes } from "./attention_sizes.ts";
import { headMatrix, type MatrixView } from "./matrix_view.ts";

/** Some consecutive samples and heads of a batch: as many as lie in one stored weight matrix. */
export interface AttentionSlice {
  readonly first: number;
  readonly samples: number;
  readonly firstHead: number;
  readonly heads: number;
}

/** Everything at once. */
export function wholeBatch({ samples, heads }: AttentionSizes): AttentionSlice {
  return { first: 0, samples, firstHead: 0, heads };
}

/**
 * Cuts a batch into slices whose weights stay below `bytes` and the binding limit, with no more matrices than workgroups along a
 * dimension. @throws {ShapeError} if one matrix exceeds the limit.
 */
export function attentionSlices(step: Step, sizes: AttentionSizes, bytes: number): AttentionSlice[] {
  const matrix = 4 * sizes.queries * sizes.stride;
  const most = Math.min(maxGridDimension, Math.floor(Math.min(bytes, step.device.maxBinding) / matrix));
  if (most < 1 && matrix > step.device.maxBinding) {
    throw new ShapeError(
      `attention: ${sizes.queries} x ${sizes.keys} weights of one head exceed this adapter's binding limit; ` +
        `use the streaming form.`,
    );
  }
  const heads = cutAtMost(sizes.heads, Math.max(1, most));
  const samples = cutAtMost(sizes.samples, heads.pieces > 1 ? 1 : Math.max(1, Math.floor(most / heads.each)));
  return piecesOf(sizes.samples, samples).flatMap((some) =>
    piecesOf(sizes.heads, heads).map((parts) => ({
      first: some.from,
      samples: some.count,
      firstHead: parts.from,
      heads: parts.count,
    }))
  );
}

/** Dropout of the weights; `site` names the place in the model for the random numbers. */
export interface WeightDropout {
  /** Share of the weights that are dropped. */
  readonly rate: number;
  /** Names the place in the model. */
  readonly site: number;
}

/** A slice's weights [heads, samples, queries, stride] as matrices. */
export function weightMatrix(
  tensor: Tensor,
  { queries, keys, stride }: AttentionSizes,
  { samples }: AttentionSlice,
): MatrixView {
  return {
    tensor,
    rows: queries,
    columns: keys,
    rowStride: stride,
    columnStride: 1,
    batchStride: queries * stride,
    innerStride: samples * queries * stride,
  };
}

/** A slice's heads of a [samples * rows, heads * depth] table. */
export function sliceMatrix(
  tensor: Tensor,
  rows: number,
  { heads, depth }: AttentionSizes,
  { first, firstHead }: AttentionSlice,
  samples = true,
): MatrixView {
  const start = (samples ? first * rows * heads * depth : 0) + firstHead * depth;
  return { ...headMatrix(tensor, rows, heads, depth, samples), start };
}

function rowUniforms(
  { queries, keys, stride, samples: batch }: AttentionSizes,
  { first, samples, firstHead, heads }: AttentionSlice,
  dropout?: WeightDropout,
) {
  return {
    rows: heads * samples * queries,
    width: keys,
    quads: stride / 4,
    queries,
    samples,
    first,
    batch,
    first_head: firstHead,
    site: dropout?.site ?? 0,
    rate: dropout?.rate ?? 0,
  };
}

/** Records zeros behind the last key of every row, which a product leaves unwritten. */
export function clearPadding(
  step: Step,
  x: Tensor,
  { keys, stride }: Pick<AttentionSizes, "keys" | "stride">,
): void {
  if (stride !== keys) step.run(zeroPadding, { x }, { rows: x.size / stride, width: keys, stride });
}

/** An unwritten weight matrix of a slice, with zeros where the product that fills it leaves padding. */
export function emptyWeights(
  step: Step,
  { queries, keys, stride }: Pick<AttentionSizes, "queries" | "keys" | "stride">,
  { samples, heads }: Pick<AttentionSlice, "samples" | "heads">,
  label: string,
): Tensor {
  const tensor = step.empty([heads * samples, queries, stride], label);
  clearPadding(step, tensor, { keys, stride });
  return tensor;
}

/**
 * Records the change of a slice's scores into weights, in place. Returns what each row of them lacks of 1, which the sums of
 * `recordScoreGradient` need: 0 but for clipped weights.
 */
export function recordWeights(
  step: Step,
  scores: Tensor,
  sizes: AttentionSizes,
  slice: AttentionSlice,
  normalisation: Normalisation,
  { keyMask, queryMask }: { keyMask?: Tensor; queryMask?: Tensor },
): Tensor {
  const masks = { keys: keyMask !== undefined, queries: queryMask !== undefined };
  const kernel = attentionWeights(step.device.adapterClass, sizes.stride / 4, normalisation, masks);
  // A binding must exist even where the specialised kernel never reads it.
  const unread = masks.keys && masks.queries ? scores : step.unread();
  const deficits = step.empty([scores.size / sizes.stride], "deficits of the weights");
  const bindings = {
    key_mask: keyMask ?? unread,
    query_mask: queryMask ?? unread,
    weights: scores,
    deficits,
  };
  step.run(kernel, bindings, rowUniforms(sizes, slice));
  return deficits;
}

/** Records weights after dropout; without dropout these are the weights. */
export function recordDropout(
  step: Step,
  weights: Tensor,
  sizes: AttentionSizes,
  slice: AttentionSlice,
  dropout: WeightDropout | undefined,
): Tensor {
  if (!dropout || dropout.rate === 0) return weights;
  const dropped = step.empty(weights.shape, "dropped weights");
  step.run(dropWeights, { weights, dropped }, rowUniforms(sizes, slice, dropout));
  return dropped;
}

/**
 * Records the gradient of a slice's scores into `dscore`, from that of the (dropped) weights: `upstream`, or what `dscore`
 * holds. Returns the sum of each row if `deficits`, those of the weights, are given; its values mean nothing else.
 */
export function recordScoreGradient(
  step: Step,
  weights: Tensor,
  dscore: Tensor,
  sizes: AttentionSizes,
  slice: AttentionSlice,
  normalisation: Normalisation,
  { upstream, dropout, deficits }: { upstream?: Tensor; dropout?: WeightDropout; deficits?: Tensor } = {},
): Tensor {
  const kernel = attentionScoreGradient(step.device.adapterClass, sizes.stride / 4, normalisation, {
    inPlace: upstream === undefined,
    dropout: dropout !== undefined && dropout.rate > 0,
    sumRows: deficits !== undefined,
  });
  const sums = step.empty([deficits?.size ?? 64], "row sums of the score gradient");
  const unread = weights;
  const bindings = {
    weights,
    upstream: upstream ?? unread,
    dscore,
    deficits: deficits ?? unread,
    row_sums: sums,
  };
  step.run(kernel, bindings, rowUniforms(sizes, slice, dropout));
  return sums;
}
