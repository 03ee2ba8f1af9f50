import { type Kernel, linearGrid, loop, specialise } from "../descriptor.ts";
import keyValue from "./key_value_gradient.wgsl" with { type: "text" };
import scoreGradient from "./score_gradient.wgsl" with { type: "text" };
import scores from "./scores.wgsl" with { type: "text" };
import tile from "./tile.wgsl" with { type: "text" };
import tileProducts from "./tile_products.wgsl" with { type: "text" };
import values from "./values.wgsl" with { type: "text" };

/** Keys of the largest molecule that so many pairs allow: it has at least as many rows. */
const mostKeys = (pairs: number) => Math.floor(Math.sqrt(pairs));

/** Softmax of the scaled products of queries and keys, inside each molecule, a head at a time. */
export const attentionScores: Kernel = {
  name: "mat_scores",
  code: `${tile}\n${tileProducts}\n${scores}`,
  workgroups: ({ tiles, heads }) => linearGrid(tiles * heads, 64),
  flops: ({ pairs, heads, depth }) => pairs * heads * (2 * depth + 5),
  bytes: ({ nodes, pairs, heads, depth }) => 4 * (2 * nodes * heads * depth + pairs * heads),
  iterations: ({ pairs, depth }) =>
    loop(mostKeys(pairs) / 4, loop(depth) + loop(4, loop(4))) + loop(4, 2 * loop(mostKeys(pairs))),
};

/** Weighted sum of values over all three terms; without `constant` the product with a pair matrix alone. */
export function attentionValues(constant: boolean): Kernel {
  return specialise({
    name: constant ? "mat_values" : "mat_query_gradient",
    code: `${tile}\n${values}`,
    workgroups: ({ tiles, heads, depth }) => linearGrid(tiles * heads * Math.ceil(depth / 4), 64),
    flops: ({ pairs, heads, depth }) => pairs * heads * (2 * depth + 2),
    bytes: ({ nodes, pairs, heads, depth }) => 4 * (2 * nodes * heads * depth + pairs * heads),
    iterations: ({ pairs }) => loop(mostKeys(pairs)) + loop(4, loop(4)),
  }, { CONSTANT: constant ? 1 : 0 });
}

/** Gradient of the scores. */
export const attentionScoreGradient: Kernel = {
  name: "mat_score_gradient",
  code: `${tile}\n${tileProducts}\n${scoreGradient}`,
  workgroups: ({ tiles, heads }) => linearGrid(tiles * heads, 64),
  flops: ({ pairs, heads, depth }) => pairs * heads * (2 * depth + 5),
  bytes: ({ nodes, pairs, heads, depth }) => 4 * (2 * nodes * heads * depth + 2 * pairs * heads),
  iterations: ({ pairs, depth }) =>
    loop(mostKeys(pairs) / 4, loop(depth) + loop(4, loop(4))) + loop(4, loop(mostKeys(pairs))),
};

/** Gradients of keys and values. */
export const attentionKeyValueGradient: Kernel = {
  name: "mat_key_value_gradient",
  code: `${tile}\n${keyValue}`,
  workgroups: ({ tiles, heads, depth }) => linearGrid(tiles * heads * Math.ceil(depth / 4), 64),
  flops: ({ pairs, heads, depth }) => pairs * heads * (4 * depth + 2),
  bytes: ({ nodes, pairs, heads, depth }) => 4 * (4 * nodes * heads * depth + 2 * pairs * heads),
  iterations: ({ nodes }) => loop(nodes) + loop(4, loop(4)),
};
