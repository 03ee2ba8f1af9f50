import {
  naiveScores,
  naiveSoftmax,
  naiveSoftmaxGradient,
  naiveWeightedSum,
} from "../../kernels/mat_attention/naive/naive.ts";
import { ShapeError } from "../../engine/errors.ts";
import { defineOperation } from "../../engine/operation.ts";
import type { Step } from "../../engine/step.ts";
import type { Tensor } from "../../engine/tensor.ts";
import type { MatAttentionAttributes } from "../../models/ops/mat_attention.ts";

/** Inputs of the unfused molecule attention; `places` [rows, 4] u32 says where a row's molecule lies (scores.wgsl). */
export type NaiveMatAttentionInputs = { q: Tensor; k: Tensor; v: Tensor; constant: Tensor; places: Tensor };

function sizes(
  { q, constant }: NaiveMatAttentionInputs,
  { heads, lambda, most }: MatAttentionAttributes & { readonly most: number },
) {
  const [rows, width] = q.shape;
  const depth = width / heads;
  return { rows, pairs: constant.size, heads, depth, most, lambda, scale: 1 / Math.sqrt(depth) };
}

/**
 * The molecule attention with one output a thread and nothing fused: the readable twin of `matAttention`, and what
 * benchmarks compare it with. `most` is the largest number of keys of a molecule.
 *
 * Shapes as `matAttention`, with `places` instead of `tiles`. Source: csg2a.md 2.2, item 4.
 * @throws {ShapeError} when shapes or heads disagree.
 */
export const matAttentionNaive: (
  step: Step,
  inputs: NaiveMatAttentionInputs,
  attributes: MatAttentionAttributes & { readonly most: number },
) => Tensor = defineOperation<
  NaiveMatAttentionInputs,
  MatAttentionAttributes & { readonly most: number },
  Tensor
>({
  name: "mat_attention_naive",
  forward(step, inputs, attributes) {
    const { q, k, v, constant, places } = inputs;
    if (k.size !== q.size || v.size !== q.size || q.shape[1] % attributes.heads !== 0) {
      throw new ShapeError(
        `matAttentionNaive(): q ${q}, k ${k}, v ${v} do not fit ${attributes.heads} heads.`,
      );
    }
    const size = sizes(inputs, attributes);
    const probability = step.empty([size.pairs, size.heads], "attention probability");
    step.run(naiveScores, { a: q, b: k, places, out: probability }, size);
    step.run(naiveSoftmax, { places, probability }, size);
    const y = step.empty(q.shape, "attended values");
    step.run(naiveWeightedSum("keys", true), { p: probability, constant, x: v, places, out: y }, size);
    return { output: y, saved: probability };
  },
  backward(step, { inputs, attributes, saved: probability, dy, gradient }) {
    const { q, k, v, constant, places } = inputs;
    const size = sizes(inputs, attributes);
    const dscore = step.empty([size.pairs, size.heads], "score gradient");
    step.run(naiveScores, { a: dy, b: v, places, out: dscore }, { ...size, scale: size.lambda });
    step.run(naiveSoftmaxGradient, { places, probability, dscore }, size);
    const [dq, dk, dv] = [gradient("q"), gradient("k"), gradient("v")];
    if (dq) step.run(naiveWeightedSum("keys", false), { p: dscore, constant, x: k, places, out: dq }, size);
    if (dk) step.run(naiveWeightedSum("rows", false), { p: dscore, constant, x: q, places, out: dk }, size);
    if (dv) {
      step.run(naiveWeightedSum("rows", true), { p: probability, constant, x: dy, places, out: dv }, size);
    }
  },
});
