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
export type NaiveMatAttentionInputs = { qkv: Tensor; constant: Tensor; places: Tensor };

function sizes(
  { qkv, constant }: NaiveMatAttentionInputs,
  { heads, lambda, most }: MatAttentionAttributes & { readonly most: number },
) {
  const [rows, columns] = qkv.shape;
  const width = columns / 3, depth = width / heads;
  return { rows, pairs: constant.size, heads, depth, most, lambda, scale: 1 / Math.sqrt(depth), width };
}

/** Where a table begins in its rows: that of queries, keys or values side by side, or one alone. */
function place<N extends string>(name: N, width: number, part?: 0 | 1 | 2) {
  const [row, start] = part === undefined ? [width, 0] : [3 * width, part * width];
  return { [`${name}_row`]: row, [`${name}_start`]: start };
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
    const { qkv, constant, places } = inputs;
    if (qkv.shape[1] % (3 * attributes.heads) !== 0) {
      throw new ShapeError(
        `matAttentionNaive(): qkv ${qkv} is not three tables of ${attributes.heads} heads.`,
      );
    }
    const { width, ...size } = sizes(inputs, attributes);
    const probability = step.empty([size.pairs, size.heads], "attention probability");
    const scores = { ...size, ...place("a", width, 0), ...place("b", width, 1) };
    step.run(naiveScores, { a: qkv, b: qkv, places, out: probability }, scores);
    step.run(naiveSoftmax, { places, probability }, size);
    const y = step.empty([size.rows, width], "attended values");
    const sums = { ...size, ...place("x", width, 2), ...place("out", width) };
    step.run(naiveWeightedSum("keys", true), { p: probability, constant, x: qkv, places, out: y }, sums);
    return { output: y, saved: probability };
  },
  backward(step, { inputs, attributes, saved: probability, dy, gradient }) {
    const { qkv, constant, places } = inputs;
    const { width, ...size } = sizes(inputs, attributes);
    const dscore = step.empty([size.pairs, size.heads], "score gradient");
    const scores = { ...size, scale: size.lambda, ...place("a", width), ...place("b", width, 2) };
    step.run(naiveScores, { a: dy, b: qkv, places, out: dscore }, scores);
    step.run(naiveSoftmaxGradient, { places, probability, dscore }, size);
    const out = gradient("qkv");
    if (!out) return;
    const sum = (over: "keys" | "rows", p: Tensor, x: Tensor, part: 0 | 1 | undefined, into: 0 | 1 | 2) =>
      step.run(naiveWeightedSum(over, p === probability), { p, constant, x, places, out }, {
        ...size,
        ...place("x", width, part),
        ...place("out", width, into),
      });
    sum("keys", dscore, qkv, 1, 0);
    sum("rows", dscore, qkv, 0, 1);
    sum("rows", probability, dy, undefined, 2);
  },
});
