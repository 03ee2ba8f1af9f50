import type { Normalisation } from "../../kernels/attention_rows/attention_rows.ts";
import { rowProducts, symmetricGradient } from "../../kernels/gene_attention/stored.ts";
import type { MatmulVariant } from "../../kernels/matmul/matmul.ts";
import type { BackwardCall } from "../operation.ts";
import type { Step } from "../step.ts";
import type { Tensor } from "../tensor.ts";
import type { AttentionSizes } from "./attention_sizes.ts";
import {
  type AttentionSlice,
  attentionSlices,
  emptyWeights,
  recordDropout,
  recordScoreGradient,
  recordWeights,
  sliceMatrix,
  type WeightDropout,
  weightMatrix,
} from "./attention_weights.ts";
import { recordMatmul } from "./matmul.ts";
import { transposed } from "./matrix_view.ts";
import { sumColumns } from "./sum_rows.ts";

/** Inputs of a scaled dot attention. */
export type DotAttentionInputs = { q: Tensor; k: Tensor; v: Tensor; keyMask?: Tensor; queryMask?: Tensor };

/** A dot attention with everything decided. */
export interface StoredAttention {
  readonly sizes: AttentionSizes;
  readonly scale: number;
  readonly normalisation: Normalisation;
  readonly dropout?: WeightDropout;
  /** Overrules the choice of the products. */
  readonly variant?: MatmulVariant;
}

/** Weights of a slice, kept for the backward pass or, where they would take too much memory, not. */
export interface StoredSlice {
  readonly slice: AttentionSlice;
  readonly weights: Tensor | undefined;
}

/** Bytes of one slice of weights; the backward pass holds two or three of them. */
export const sliceBytes = 1 << 26;
/** Weights of a whole batch up to this size wait for the backward pass; larger ones are computed again there. */
export const keptBytes = 1 << 27;

/** Records the scores of a slice, laid out like its weights. */
export function recordSliceScores(
  step: Step,
  inputs: Omit<DotAttentionInputs, "v">,
  { sizes, scale: alpha, variant }: StoredAttention,
  slice: AttentionSlice,
): Tensor {
  const scores = emptyWeights(step, sizes, slice, "attention weights");
  recordMatmul(
    step,
    sliceMatrix(inputs.q, sizes.queries, sizes, slice, !sizes.shared),
    transposed(sliceMatrix(inputs.k, sizes.keys, sizes, slice)),
    weightMatrix(scores, sizes, slice),
    { alpha, variant },
    { outer: slice.samples, inner: slice.heads },
  );
  return scores;
}

/** Records the weights of a slice. */
export function recordSliceWeights(
  step: Step,
  inputs: Omit<DotAttentionInputs, "v">,
  attention: StoredAttention,
  slice: AttentionSlice,
): Tensor {
  const weights = recordSliceScores(step, inputs, attention, slice);
  recordWeights(step, weights, attention.sizes, slice, attention.normalisation, inputs);
  return weights;
}

/** Records the forward pass with stored weights, a slice of the batch at a time. */
export function storedForward(
  step: Step,
  inputs: DotAttentionInputs,
  output: Tensor,
  attention: StoredAttention,
): StoredSlice[] {
  const { sizes, dropout, variant } = attention;
  const bytes = 4 * sizes.heads * sizes.samples * sizes.queries * sizes.stride;
  const kept = bytes <= Math.min(keptBytes, step.device.maxBinding);
  return attentionSlices(step, sizes, sliceBytes).map((slice) => {
    const weights = recordSliceWeights(step, inputs, attention, slice);
    recordMatmul(
      step,
      weightMatrix(recordDropout(step, weights, sizes, slice, dropout), sizes, slice),
      sliceMatrix(inputs.v, sizes.keys, sizes, slice),
      sliceMatrix(output, sizes.queries, sizes, slice),
      { variant },
      { outer: slice.samples, inner: slice.heads },
    );
    return { slice, weights: kept ? weights : undefined };
  });
}

/** Queries and keys, and where their gradients go if they are wanted; one tensor in both roles has one gradient. */
export interface ScoreOperands {
  readonly q: Tensor;
  readonly k: Tensor;
  readonly dq: Tensor | undefined;
  readonly dk: Tensor | undefined;
}

/**
 * Records dQ = s dS K and dK = s dS'Q of a slice. Shared queries get a row a sample first: `sampleRows` hands on those of
 * an earlier slice, and `finish`, after the last slice, adds them up.
 */
export function recordScoreProducts(
  step: Step,
  { q, k, dq, dk }: ScoreOperands,
  dscore: Tensor,
  { sizes, scale: alpha, variant }: StoredAttention,
  slice: AttentionSlice,
  sampleRows?: Tensor,
): { sampleRows: Tensor | undefined; finish: () => void } {
  const batches = { outer: slice.samples, inner: slice.heads };
  const scores = weightMatrix(dscore, sizes, slice);
  const bySample = dq && sizes.shared && sizes.samples > 1;
  const into = bySample ? sampleRows ?? step.empty([sizes.samples, dq.size], "query gradient by sample") : dq;
  if (into) {
    const rows = sliceMatrix(into, sizes.queries, sizes, slice);
    recordMatmul(step, scores, sliceMatrix(k, sizes.keys, sizes, slice), rows, { alpha, variant }, batches);
  }
  if (dk) {
    const rows = sliceMatrix(dk, sizes.keys, sizes, slice);
    const queries = sliceMatrix(q, sizes.queries, sizes, slice, !sizes.shared);
    const epilogue = { alpha, variant, accumulate: dk === dq };
    recordMatmul(step, transposed(scores), queries, rows, epilogue, batches);
  }
  const finish = () => {
    if (bySample && into) sumColumns(step, into, sizes.samples, dq.size, dq);
  };
  return { sampleRows: bySample ? into : undefined, finish };
}

/** Records the backward pass: dV = P'dO, dQ = s dS K, dK = s dS'Q, each product over a slice of the batch. */
export function storedBackward<A>(
  step: Step,
  { inputs, saved, dy, gradient, output }: BackwardCall<DotAttentionInputs, A, readonly StoredSlice[]>,
  attention: StoredAttention,
): void {
  const { q, k, v } = inputs;
  const { sizes, normalisation, dropout, variant } = attention;
  if (q === k && k === v && normalisation === "softmax" && !dropout?.rate && !variant) {
    const dx = gradient("q");
    if (dx) symmetricBackward(step, { x: q, output, dy, dx, saved }, attention);
    return;
  }
  // Tensors in several roles are asked once: the later roles add to what the earlier ones wrote.
  const dq = gradient("q");
  const dk = k === q ? dq : gradient("k");
  const dv = v === k ? dk : v === q ? dq : gradient("v");
  let products: ReturnType<typeof recordScoreProducts> | undefined;
  for (const { slice, weights: stored } of saved) {
    const weights = stored ?? recordSliceWeights(step, inputs, attention, slice);
    const batches = { outer: slice.samples, inner: slice.heads };
    const upstream = sliceMatrix(dy, sizes.queries, sizes, slice);
    if (dq || dk) {
      const dscore = emptyWeights(step, sizes, slice, "score gradient");
      const values = transposed(sliceMatrix(v, sizes.keys, sizes, slice));
      recordMatmul(step, upstream, values, weightMatrix(dscore, sizes, slice), { variant }, batches);
      recordScoreGradient(step, weights, dscore, sizes, slice, normalisation, { dropout });
      products = recordScoreProducts(step, { q, k, dq, dk }, dscore, attention, slice, products?.sampleRows);
    }
    if (dv) {
      const used = weightMatrix(recordDropout(step, weights, sizes, slice, dropout), sizes, slice);
      const into = sliceMatrix(dv, sizes.keys, sizes, slice);
      const accumulate = dv === dk || dv === dq;
      recordMatmul(step, transposed(used), upstream, into, { variant, accumulate }, batches);
    }
  }
  products?.finish();
}

/** Queries = keys = values: T = dO X', in its place W, then dX = s W X + P'dO; one product less than the general form. */
function symmetricBackward(
  step: Step,
  { x, output, dy, dx, saved }: {
    x: Tensor;
    output: Tensor;
    dy: Tensor;
    dx: Tensor;
    saved: readonly StoredSlice[];
  },
  attention: StoredAttention,
): void {
  const { sizes, scale: alpha } = attention;
  const { samples, heads, queries: genes, depth, stride } = sizes;
  const delta = step.empty([samples, heads, genes], "delta");
  step.run(rowProducts, { a: output, b: dy, delta }, { samples, heads, queries: genes, depth });
  for (const { slice, weights: stored } of saved) {
    const weights = stored ?? recordSliceWeights(step, { q: x, k: x }, attention, slice);
    const batches = { outer: slice.samples, inner: slice.heads };
    const [rows, upstream, into] = [x, dy, dx].map((tensor) => sliceMatrix(tensor, genes, sizes, slice));
    const t = emptyWeights(step, sizes, slice, "score gradient");
    recordMatmul(step, upstream, transposed(rows), weightMatrix(t, sizes, slice), {}, batches);
    step.run(symmetricGradient, { weights, delta, t }, {
      samples: slice.samples,
      first: slice.first,
      genes,
      quads: stride / 4,
      heads,
      first_head: slice.firstHead,
      matrices: slice.samples * slice.heads,
    });
    recordMatmul(step, weightMatrix(t, sizes, slice), rows, into, { alpha }, batches);
    recordMatmul(
      step,
      transposed(weightMatrix(weights, sizes, slice)),
      upstream,
      into,
      { accumulate: true },
      batches,
    );
  }
}
