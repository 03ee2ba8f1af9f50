import { type Kernel, linearGrid, loop } from "../descriptor.ts";
import { workgroupLoops } from "../reduce/workgroup.ts";
import inverseNormsCode from "./inverse_norms.wgsl" with { type: "text" };
import { rowKernel, rowThreads, withRowSum } from "./losses.ts";
import pathwayNllCode from "./pathway_nll.wgsl" with { type: "text" };
import pathwayNllBackwardCode from "./pathway_nll_backward.wgsl" with { type: "text" };
import pathwayNllTotalCode from "./pathway_nll_total.wgsl" with { type: "text" };
import pathwayPartsCode from "./pathway_parts.wgsl" with { type: "text" };
import pathwayTermsCode from "./pathway_terms.wgsl" with { type: "text" };
import pathwayScoresCode from "./pathway_scores.wgsl" with { type: "text" };
import pathwayScoresBackwardCode from "./pathway_scores_backward.wgsl" with { type: "text" };
import spreadoutCode from "./spreadout.wgsl" with { type: "text" };
import spreadoutBackwardCode from "./spreadout_backward.wgsl" with { type: "text" };

/** Two-class scores [rows, 2] from attention weights [heads, rows, stride]. */
export const pathwayScoresForward: Kernel = {
  name: "pathway_scores",
  code: pathwayScoresCode,
  workgroups: ({ rows }) => linearGrid(rows, 64),
  flops: ({ heads, rows, keys }) => heads * rows * keys,
  bytes: ({ heads, rows, keys }) => 4 * rows * (heads * keys + 2),
  iterations: ({ heads, keys }) => loop(heads, loop(keys)),
};

/** Its derivative. */
export const pathwayScoresBackward: Kernel = {
  name: "pathway_scores_backward",
  code: pathwayScoresBackwardCode,
  workgroups: ({ heads, rows, stride }) => linearGrid(heads * rows * stride, 64),
  flops: ({ heads, rows, keys }) => heads * rows * keys,
  bytes: ({ heads, rows, stride }) => 4 * rows * (heads * stride + 2),
  iterations: () => 0,
};

/** Partial sums of the pathway loss and of its mask. */
export const pathwayNllForward: Kernel = {
  name: "pathway_nll",
  code: withRowSum(`${pathwayTermsCode}\n${pathwayNllCode}`),
  workgroups: ({ groups }) => [groups, 1, 1],
  flops: ({ rows }) => 5 * rows,
  bytes: ({ rows }) => 16 * rows,
  iterations: ({ rows, groups }) => loop(rows / (rowThreads * groups)) + workgroupLoops(rowThreads),
};

/** Their ratio times a weight: of the partial sums, or of the whole of a small batch. */
export function pathwayNllTotal(whole: boolean): Kernel {
  return {
    name: "pathway_nll_total",
    code: withRowSum(`${whole ? pathwayTermsCode : pathwayPartsCode}\n${pathwayNllTotalCode}`),
    workgroups: () => [1, 1, 1],
    flops: ({ rows }) => (whole ? 5 : 2) * rows,
    bytes: ({ rows }) => (whole ? 16 : 8) * rows,
    iterations: ({ rows }) => loop(rows / rowThreads) + workgroupLoops(rowThreads),
  };
}

/** Derivative of the ratio. */
export const pathwayNllBackward: Kernel = {
  name: "pathway_nll_backward",
  code: pathwayNllBackwardCode,
  workgroups: ({ rows }) => linearGrid(rows, 64),
  flops: ({ rows }) => 5 * rows,
  bytes: ({ rows }) => 24 * rows,
  iterations: () => 0,
};

/** Reciprocal norms of the rows of [rows, width]. */
export const inverseNorms: Kernel = rowKernel("inverse_norms", withRowSum(inverseNormsCode), 2, 1);

/** Each item's sum of cosines between samples, and its sum of unit rows. */
export const spreadoutForward: Kernel = {
  name: "spreadout",
  code: withRowSum(spreadoutCode),
  workgroups: ({ items }) => linearGrid(items, 1),
  flops: ({ samples, items, width }) => 4 * samples * items * width,
  bytes: ({ samples, items, width }) => 4 * samples * items * width,
  iterations: ({ samples, width }) => loop(width / rowThreads, loop(samples)) + workgroupLoops(rowThreads),
};

/** Its derivative. */
export const spreadoutBackward: Kernel = {
  name: "spreadout_backward",
  code: withRowSum(spreadoutBackwardCode),
  workgroups: ({ samples, items }) => linearGrid(samples * items, 1),
  flops: ({ samples, items, width }) => 6 * samples * items * width,
  bytes: ({ samples, items, width }) => 12 * samples * items * width,
  iterations: ({ width }) => 2 * loop(width / rowThreads) + workgroupLoops(rowThreads),
};
