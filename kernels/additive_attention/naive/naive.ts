import { activationCode } from "../../activation/activation.ts";
import { type Kernel, linearGrid, loop, type Uniforms } from "../../descriptor.ts";
import argumentGradientCode from "./argument_gradient.wgsl" with { type: "text" };
import keyGradientCode from "./key_gradient.wgsl" with { type: "text" };
import queryGradientCode from "./query_gradient.wgsl" with { type: "text" };
import scoresCode from "./scores.wgsl" with { type: "text" };
import sizesCode from "./sizes.wgsl" with { type: "text" };
import tanhCode from "./tanh.wgsl" with { type: "text" };
import vectorSumsCode from "./vector_sums.wgsl" with { type: "text" };

const pairs = ({ matrices, queries, keys }: Uniforms) => matrices * queries * keys;

function kernel(
  name: string,
  code: string,
  outputs: (sizes: Uniforms) => number,
  flops: number,
  passes: number,
  iterations: (sizes: Uniforms) => number = () => 0,
): Kernel {
  return {
    name: `additive_naive_${name}`,
    code: `${sizesCode}\n${code}`,
    workgroups: (sizes) => linearGrid(outputs(sizes), 64),
    flops: (sizes) => flops * pairs(sizes) * sizes.depth,
    bytes: (sizes) => 4 * passes * pairs(sizes) * sizes.depth,
    iterations,
  };
}

/** The tanh tensor. */
export const naiveTanh: Kernel = kernel(
  "tanh",
  `${activationCode}\n${tanhCode}`,
  (sizes) => pairs(sizes) * sizes.depth,
  3,
  1,
);
/** Scores from it. */
export const naiveScores: Kernel = kernel("scores", scoresCode, pairs, 2, 1, ({ depth }) => loop(depth));
/** What the gradient of the score's vector adds up. */
export const naiveVectorSums: Kernel = kernel(
  "vector_sums",
  vectorSumsCode,
  ({ matrices, queries, depth }) => matrices * queries * depth,
  2,
  1,
  ({ keys }) => loop(keys),
);
/** Gradient of tanh's argument, in place. */
export const naiveArgumentGradient: Kernel = kernel(
  "argument_gradient",
  argumentGradientCode,
  (sizes) => pairs(sizes) * sizes.depth,
  4,
  2,
);
/** Gradient of the queries of each sample. */
export const naiveQueryGradient: Kernel = kernel(
  "query_gradient",
  queryGradientCode,
  ({ matrices, queries, depth }) => matrices * queries * depth,
  1,
  1,
  ({ keys }) => loop(keys),
);
/** Gradient of the keys. */
export const naiveKeyGradient: Kernel = kernel(
  "key_gradient",
  keyGradientCode,
  ({ matrices, keys, depth }) => matrices * keys * depth,
  1,
  1,
  ({ queries }) => loop(queries),
);
