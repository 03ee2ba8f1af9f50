import {
  naiveArgumentGradient,
  naiveKeyGradient,
  naiveQueryGradient,
  naiveScores,
  naiveTanh,
  naiveVectorSums,
} from "../../kernels/additive_attention/naive/naive.ts";
import { cutAtMost, piecesOf } from "../../engine/cut.ts";
import { GpuError } from "../../engine/errors.ts";
import { defineOperation } from "../../engine/operation.ts";
import type { Step } from "../../engine/step.ts";
import type { Tensor } from "../../engine/tensor.ts";
import { additiveSizes, type AdditiveWeightsInputs } from "../../models/ops/additive_weights.ts";
import type { AttentionLayout, AttentionSizes } from "../../engine/ops/attention_sizes.ts";
import {
  clearPadding,
  recordScoreGradient,
  recordWeights,
  wholeBatch,
} from "../../engine/ops/attention_weights.ts";
import { recordSum } from "../../engine/ops/reduce_sum.ts";
import { sumColumns } from "../../engine/ops/sum_rows.ts";

/** Some consecutive (head, sample) matrices: as many as one binding holds the tanh tensor of. */
interface Slice {
  readonly size: Readonly<Record<string, number>>;
  readonly t: Tensor;
}

interface Saved {
  readonly weights: Tensor;
  readonly deficits: Tensor;
  readonly slices: readonly Slice[];
}

function slices(
  step: Step,
  { samples, heads, queries, keys, depth, stride, shared }: AttentionSizes,
): Slice[] {
  const most = Math.floor(step.device.maxBinding / (4 * queries * keys * depth));
  if (most < 1) {
    throw new GpuError(
      `additiveWeightsMaterialised(): ${queries} x ${keys} x ${depth} values exceed a binding.`,
    );
  }
  const matrices = heads * samples;
  return piecesOf(matrices, cutAtMost(matrices, most)).map(({ from: first, count }) => {
    const sizes = { samples, heads, queries, keys, depth, stride, shared_queries: shared ? 1 : 0 };
    const t = step.empty([count, queries, keys, depth], "tanh tensor");
    return { size: { ...sizes, first, matrices: count }, t };
  });
}

/**
 * `additiveWeights` with its [heads, samples, queries, keys, depth] tanh tensor stored, in slices that fit a binding, one
 * output a thread: the readable reference, and what benchmarks compare with.
 *
 * Shapes as `additiveWeights`. Source: badger.md 2.3, its derivative by the book.
 * @throws {ShapeError} when they disagree. @throws {GpuError} when one head of one sample exceeds the binding limit.
 */
export const additiveWeightsMaterialised: (
  step: Step,
  inputs: AdditiveWeightsInputs,
  attributes: AttentionLayout,
) => Tensor = defineOperation<AdditiveWeightsInputs, AttentionLayout, Saved>({
  name: "additive_weights_materialised",
  forward(step, inputs, attributes) {
    const { q: query, k: key, bias, vector, offset } = inputs;
    const { sizes, normalisation } = additiveSizes(step, inputs, attributes);
    const { samples, heads, queries, stride } = sizes;
    const weights = step.empty([heads * samples, queries, stride], "additive weights");
    clearPadding(step, weights, sizes);
    const saved = slices(step, sizes);
    for (const { size, t } of saved) {
      step.run(naiveTanh, { query, key, bias, t }, size);
      step.run(naiveScores, { t, vector, offset, scores: weights }, size);
    }
    const deficits = recordWeights(step, weights, sizes, wholeBatch(sizes), normalisation, inputs);
    return { output: weights, saved: { weights, deficits, slices: saved } };
  },
  backward(step, { inputs, attributes, saved, dy, gradient }) {
    const { weights, deficits } = saved;
    const { sizes, normalisation } = additiveSizes(step, inputs, attributes);
    const { samples, heads, queries, depth, shared } = sizes;
    const dscore = step.empty(weights.shape, "score gradient");
    const rowSums = recordScoreGradient(step, weights, dscore, sizes, wholeBatch(sizes), normalisation, {
      upstream: dy,
      deficits,
    });
    const rows = heads * samples * queries;
    const width = heads * depth;
    const sums = step.empty([rows, depth], "sums of ds t");
    const wanted = gradient("q");
    const direct = wanted && (!shared || samples === 1);
    const dquery = direct ? wanted : step.empty([samples, queries * width], "query gradient by sample");
    const dkey = gradient("k") ?? step.empty(inputs.k.shape, "unwanted gradient");
    for (const { size, t } of saved.slices) {
      step.run(naiveVectorSums, { t, dscore, sums }, size);
      step.run(naiveArgumentGradient, { dscore, vector: inputs.vector, t }, size);
      step.run(naiveQueryGradient, { g: t, dquery }, size);
      step.run(naiveKeyGradient, { g: t, dkey }, size);
    }
    const doffset = gradient("offset");
    if (doffset) recordSum(step, "identity", rowSums, rowSums, doffset);
    const dvector = gradient("vector");
    if (dvector) sumColumns(step, sums, rows, depth, dvector);
    const dbias = gradient("bias");
    if (dbias) sumColumns(step, dquery, rows, depth, dbias);
    if (wanted && !direct) sumColumns(step, dquery, samples, queries * width, wanted);
  },
});
