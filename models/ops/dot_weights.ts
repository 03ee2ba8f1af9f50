import type { Normalisation } from "../../kernels/attention_rows/attention_rows.ts";
import { defineOperation } from "../../engine/operation.ts";
import type { Step } from "../../engine/step.ts";
import type { Tensor } from "../../engine/tensor.ts";
import { attentionSizes } from "../../engine/ops/attention_sizes.ts";
import { recordScoreGradient, wholeBatch } from "../../engine/ops/attention_weights.ts";
import { attentionValues } from "../../engine/ops/attention_values.ts";
import { cropWeights } from "./crop_weights.ts";
import type { DotAttentionAttributes, DotAttentionInputs } from "../../engine/ops/dot_attention.ts";
import { decideDotAttention } from "../../engine/ops/dot_attention.ts";
import {
  recordScoreProducts,
  recordSliceWeights,
  type StoredAttention,
} from "../../engine/ops/dot_attention_stored.ts";

/** Inputs of the weights alone. */
export type DotWeightsInputs = Omit<DotAttentionInputs, "v">;

/** Layout and normalisation; weights of their own know no dropout. */
export type DotWeightsAttributes = Omit<DotAttentionAttributes, "dropout" | "form"> & {
  readonly normalisation?: Normalisation;
};

function decided(
  { q, k, keyMask, queryMask }: DotWeightsInputs,
  attributes: DotWeightsAttributes,
): StoredAttention {
  return decideDotAttention({ q, k, v: k, keyMask, queryMask }, attributes);
}

/**
 * The weights of scaled dot attention as a tensor of the tape, for losses on them. The whole batch must fit a binding.
 *
 * Shapes: as `dotAttention` -> [heads * samples, queries, keys padded to whole quads], row head * samples + sample.
 * @throws {ShapeError} when they disagree.
 */
export const dotWeights: (step: Step, inputs: DotWeightsInputs, attributes: DotWeightsAttributes) => Tensor =
  defineOperation<DotWeightsInputs, DotWeightsAttributes, Tensor>({
    name: "dot_weights",
    forward(step, inputs, attributes) {
      const attention = decided(inputs, attributes);
      const weights = recordSliceWeights(step, inputs, attention, wholeBatch(attention.sizes));
      return { output: weights, saved: weights };
    },
    backward(step, { inputs, attributes, saved: weights, dy, gradient }) {
      const attention = decided(inputs, attributes);
      const { sizes, normalisation } = attention;
      const slice = wholeBatch(sizes);
      const dscore = step.empty(weights.shape, "score gradient");
      recordScoreGradient(step, weights, dscore, sizes, slice, normalisation, { upstream: dy });
      const { q, k } = inputs;
      const dq = gradient("q");
      const dk = k === q ? dq : gradient("k");
      recordScoreProducts(step, { q, k, dq, dk }, dscore, attention, slice).finish();
    },
  });

/** `dotAttention` whose weights take part in a loss: values, and the weights without padding, recorded on request. */
export function dotAttentionWithWeights(
  step: Step,
  inputs: DotAttentionInputs,
  attributes: DotWeightsAttributes,
): { values: Tensor; stored: Tensor; weights: () => Tensor } {
  const { queries, keys } = attentionSizes("dotAttention", inputs, attributes);
  const { q, k, v, keyMask, queryMask } = inputs;
  const weights = dotWeights(step, { q, k, keyMask, queryMask }, attributes);
  const values = attentionValues(step, { weights, v }, { ...attributes, queries });
  return { values, stored: weights, weights: () => cropWeights(step, { weights }, { keys }) };
}
