import {
  type AdapterClass,
  type Kernel,
  linearGrid,
  loop,
  specialise,
  type Uniforms,
} from "../descriptor.ts";
import { repeatLines } from "../repeat_lines.ts";
import { rowShareLoops, withRowShares } from "../reduce/reduce.ts";
import keyValue from "./key_value_gradient.wgsl" with { type: "text" };
import scoreGradient from "./score_gradient.wgsl" with { type: "text" };
import scoreGradientRows from "./score_gradient_rows.wgsl" with { type: "text" };
import scoresRows from "./scores_rows.wgsl" with { type: "text" };
import scores from "./scores.wgsl" with { type: "text" };
import tile from "./tile.wgsl" with { type: "text" };
import tileRowsCode from "./tile_rows.wgsl" with { type: "text" };
import tileProducts from "./tile_products.wgsl" with { type: "text" };
import values from "./values.wgsl" with { type: "text" };

/** Keys of the largest molecule that so many pairs allow: it has at least as many rows. */
const mostKeys = (pairs: number) => Math.floor(Math.sqrt(pairs));

/** tile_rows.wgsl with its quads written out. */
const tileRows = repeatLines(tileRowsCode, "q", 16);

/** A kernel over tiles of rows and the keys of their molecules: in software a thread a tile and head, on GPUs a workgroup. */
function overTiles(
  name: string,
  adapterClass: AdapterClass,
  code: string,
  codeOfRows: string,
  tables: number,
) {
  const gpu = adapterClass === "gpu";
  return {
    name: gpu ? `${name}_rows` : name,
    code: gpu ? withRowShares(`${tile}\n${tileRows}\n${codeOfRows}`) : `${tile}\n${tileProducts}\n${code}`,
    workgroups: ({ tiles, heads }: Uniforms) => linearGrid(tiles * heads, gpu ? 1 : 64),
    flops: ({ pairs, heads, depth }: Uniforms) => pairs * heads * (2 * depth + 5),
    bytes: ({ nodes, pairs, heads, depth }: Uniforms) =>
      4 * (2 * nodes * heads * depth + tables * pairs * heads),
  };
}

/** Loop iterations of one thread of a GPU's form: products, then `passes` over its own entries of a row. */
const rowLoops = ({ pairs, depth }: Uniforms, passes: number, shares: number) =>
  loop(mostKeys(pairs) / 16, loop(depth / 64, loop(4))) + passes * loop(mostKeys(pairs) / 16) +
  shares * rowShareLoops;

/** Softmax of the scaled products of queries and keys, inside each molecule, a head at a time. */
export function attentionScores(adapterClass: AdapterClass): Kernel {
  return {
    ...overTiles("mat_scores", adapterClass, scores, scoresRows, 1),
    iterations: (sizes) =>
      adapterClass === "gpu"
        ? rowLoops(sizes, 2, 2)
        : loop(mostKeys(sizes.pairs) / 4, loop(sizes.depth) + loop(4, loop(4))) +
          loop(4, 2 * loop(mostKeys(sizes.pairs))),
  };
}

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
export function attentionScoreGradient(adapterClass: AdapterClass): Kernel {
  return {
    ...overTiles("mat_score_gradient", adapterClass, scoreGradient, scoreGradientRows, 2),
    iterations: (sizes) =>
      adapterClass === "gpu"
        ? rowLoops(sizes, 1, 1)
        : loop(mostKeys(sizes.pairs) / 4, loop(sizes.depth) + loop(4, loop(4))) +
          loop(4, loop(mostKeys(sizes.pairs))),
  };
}

/** Gradients of keys and values. */
export const attentionKeyValueGradient: Kernel = {
  name: "mat_key_value_gradient",
  code: `${tile}\n${keyValue}`,
  workgroups: ({ tiles, heads, depth }) => linearGrid(tiles * heads * Math.ceil(depth / 4), 64),
  flops: ({ pairs, heads, depth }) => pairs * heads * (4 * depth + 2),
  bytes: ({ nodes, pairs, heads, depth }) => 4 * (4 * nodes * heads * depth + 2 * pairs * heads),
  iterations: ({ nodes }) => loop(nodes) + loop(4, loop(4)),
};
