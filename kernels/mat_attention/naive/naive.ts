import { type Kernel, loop, specialise, type Uniforms } from "../../descriptor.ts";
import scoresCode from "./scores.wgsl" with { type: "text" };
import softmaxCode from "./softmax.wgsl" with { type: "text" };
import softmaxGradientCode from "./softmax_gradient.wgsl" with { type: "text" };
import sumCode from "./weighted_sum.wgsl" with { type: "text" };

// The molecule attention one output a thread, nothing fused: scores, softmax and sums are launches of their own.
const perValue = ({ rows, heads, depth }: Uniforms) =>
  [Math.ceil(heads * depth / 8), Math.ceil(rows / 8), 1] as const;
const perRow = ({ rows, heads }: Uniforms) => [Math.ceil(rows / 64), heads, 1] as const;
const tableBytes = ({ rows, heads, depth }: Uniforms) => 4 * rows * heads * depth;

/** Products of rows with the keys of their molecules: scores, and the gradient of the weights. */
export const naiveScores: Kernel = {
  name: "mat_naive_scores",
  code: scoresCode,
  workgroups: ({ rows, heads, most }) => [Math.ceil(most / 8), Math.ceil(rows / 8), heads],
  flops: ({ pairs, heads, depth }) => 2 * pairs * heads * depth,
  bytes: (sizes) => 2 * tableBytes(sizes) + 4 * sizes.pairs * sizes.heads,
  iterations: ({ depth }) => loop(depth),
};

/** Softmax of every row. */
export const naiveSoftmax: Kernel = {
  name: "mat_naive_softmax",
  code: softmaxCode,
  workgroups: perRow,
  flops: ({ pairs, heads }) => 5 * pairs * heads,
  bytes: ({ pairs, heads }) => 8 * pairs * heads,
  iterations: ({ most }) => 3 * loop(most),
};

/** Its derivative, with the scale of the scores. */
export const naiveSoftmaxGradient: Kernel = {
  name: "mat_naive_softmax_gradient",
  code: softmaxGradientCode,
  workgroups: perRow,
  flops: ({ pairs, heads }) => 5 * pairs * heads,
  bytes: ({ pairs, heads }) => 12 * pairs * heads,
  iterations: ({ most }) => 2 * loop(most),
};

/**
 * Weighted sums: over keys the output and (without `constant`) the gradient of the queries; over rows the gradients of
 * values and (without `constant`) of keys.
 */
export function naiveWeightedSum(over: "keys" | "rows", constant: boolean): Kernel {
  return specialise({
    name: over === "rows" ? "mat_naive_weighted_sum_of_rows" : "mat_naive_weighted_sum",
    code: sumCode,
    workgroups: perValue,
    flops: ({ pairs, heads, depth }) => 2 * pairs * heads * depth,
    bytes: (sizes) => 2 * tableBytes(sizes) + 4 * sizes.pairs * sizes.heads,
    iterations: ({ rows, most }) => loop(over === "rows" ? rows : most),
  }, { CONSTANT: constant ? 1 : 0, OVER_ROWS: over === "rows" ? 1 : 0 });
}
