import { meanWeights, spreadGradient } from "../../kernels/attention_rows/attention_rows.ts";
import { defineOperation } from "../../engine/operation.ts";
import type { Step } from "../../engine/step.ts";
import type { Tensor } from "../../engine/tensor.ts";
import {
  type AttentionSlice,
  attentionSlices,
  recordScoreGradient,
} from "../../engine/ops/attention_weights.ts";
import { decideDotAttention } from "../../engine/ops/dot_attention.ts";
import {
  recordScoreProducts,
  recordSliceWeights,
  sliceBytes,
  type StoredAttention,
} from "../../engine/ops/dot_attention_stored.ts";
import type { DotWeightsAttributes, DotWeightsInputs } from "./dot_weights.ts";

function decided({ q, k, keyMask, queryMask }: DotWeightsInputs, attributes: DotWeightsAttributes) {
  return decideDotAttention({ q, k, v: k, keyMask, queryMask }, attributes);
}

function uniforms({ sizes }: StoredAttention, { samples, heads }: AttentionSlice) {
  const { queries, keys, stride } = sizes;
  const scale = 1 / (sizes.samples * sizes.heads);
  return { matrices: samples * heads, queries, keys, stride, scale };
}

/**
 * The mean of scaled dot attention's weights over samples and heads: for interpretation, and for losses on it (badger.md
 * 3.3), whose gradient flows back. Weights exist a slice of the batch at a time, in the backward pass again.
 *
 * Shapes: as `dotAttention` -> [queries, keys].
 * @throws {ShapeError} when they disagree.
 */
export const meanAttention: (
  step: Step,
  inputs: DotWeightsInputs,
  attributes: DotWeightsAttributes,
) => Tensor = defineOperation<DotWeightsInputs, DotWeightsAttributes, void>({
  name: "mean_attention",
  forward(step, inputs, attributes) {
    const attention = decided(inputs, attributes);
    const { queries, keys } = attention.sizes;
    const mean = step.empty([queries, keys], "mean attention");
    attentionSlices(step, attention.sizes, sliceBytes).forEach((slice, k) => {
      const weights = recordSliceWeights(step, inputs, attention, slice);
      step.run(meanWeights(k > 0), { weights, mean }, uniforms(attention, slice));
    });
    return { output: mean, saved: undefined };
  },
  backward(step, { inputs, attributes, dy: dmean, gradient }) {
    const { q, k } = inputs;
    const attention = decided(inputs, attributes);
    const { sizes, normalisation } = attention;
    const dq = gradient("q");
    const dk = k === q ? dq : gradient("k");
    if (!dq && !dk) return;
    let products: ReturnType<typeof recordScoreProducts> | undefined;
    for (const slice of attentionSlices(step, sizes, sliceBytes)) {
      const weights = recordSliceWeights(step, inputs, attention, slice);
      const dscore = step.empty(weights.shape, "score gradient");
      step.run(spreadGradient, { dmean, dweights: dscore }, uniforms(attention, slice));
      recordScoreGradient(step, weights, dscore, sizes, slice, normalisation);
      products = recordScoreProducts(step, { q, k, dq, dk }, dscore, attention, slice, products?.sampleRows);
    }
    products?.finish();
  },
});
