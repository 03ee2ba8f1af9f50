import type { Step } from "../../engine/step.ts";
import type { Tensor } from "../../engine/tensor.ts";
import { additiveWeights, type AdditiveWeightsAttributes } from "./additive_weights.ts";
import { attentionSizes } from "../../engine/ops/attention_sizes.ts";
import { attentionValues } from "../../engine/ops/attention_values.ts";
import { cropWeights } from "./crop_weights.ts";
import { headLinear } from "./head_linear.ts";

/** Inputs of an additive attention; k and v may be one tensor. The score's parameters are shared by the heads. */
export type AdditiveAttentionInputs = {
  q: Tensor;
  k: Tensor;
  v: Tensor;
  /** U and T [depth, depth], multiplied from the right. */
  queryWeight: Tensor;
  keyWeight: Tensor;
  /** b [depth]. */
  bias: Tensor;
  /** w [depth]. */
  vector: Tensor;
  /** c [1]. */
  offset: Tensor;
  keyMask?: Tensor;
  queryMask?: Tensor;
};

/** Attended values, and the weights for whoever wants them. */
export interface AdditiveAttentionResult {
  /** [samples * queries, width]. */
  readonly values: Tensor;
  /** Its weights as they are stored, rows padded to whole quads; nothing is recorded. */
  readonly stored: Tensor;
  /** Records the weights without padding, [heads * samples, queries, keys], row head * samples + sample; differentiable. */
  weights(): Tensor;
}

/**
 * Attention by additive scores: weights(w . tanh(q U + k T + b) + c) v, a head at a time.
 *
 * Shapes: q [samples * queries, width], or [queries, width] shared by all samples; k, v [samples * keys, width]; masks 1 for
 * real. The weights are a tensor of the tape like any other, so that a loss on them (badger.md 3.2) adds its gradient.
 * Source: badger.md 2.3.
 * @throws {ShapeError} when they disagree. @throws {GpuError} when the weights exceed the binding limit.
 */
export function additiveAttention(
  step: Step,
  inputs: AdditiveAttentionInputs,
  attributes: AdditiveWeightsAttributes,
): AdditiveAttentionResult {
  const { q, k, v, queryWeight, keyWeight, bias, vector, offset, keyMask, queryMask } = inputs;
  const { queries, keys } = attentionSizes("additiveAttention", inputs, attributes);
  const projected = {
    q: headLinear(step, { x: q, weight: queryWeight }),
    k: headLinear(step, { x: k, weight: keyWeight }),
  };
  const scored = { ...projected, bias, vector, offset, keyMask, queryMask };
  const weights = additiveWeights(step, scored, attributes);
  const values = attentionValues(step, { weights, v }, { ...attributes, queries });
  return { values, stored: weights, weights: () => cropWeights(step, { weights }, { keys }) };
}
