import { type Kernel, linearGrid, loop } from "../descriptor.ts";
import rowProductsCode from "./row_products.wgsl" with { type: "text" };
import symmetricCode from "./symmetric_gradient.wgsl" with { type: "text" };

/** Products of matching head rows of two [samples, queries, heads depth] tables. */
export const rowProducts: Kernel = {
  name: "attention_row_products",
  code: rowProductsCode,
  workgroups: ({ samples, heads, queries }) => linearGrid(samples * heads * queries, 64),
  flops: ({ samples, heads, queries, depth }) => 2 * samples * heads * queries * depth,
  bytes: ({ samples, heads, queries, depth }) => 4 * samples * heads * queries * (2 * depth + 1),
  iterations: ({ depth }) => loop(depth),
};

/** Score gradient of self attention, with the transpose already added, in place of dO X'; `matrices` of them. */
export const symmetricGradient: Kernel = {
  name: "gene_attention_symmetric_gradient",
  code: symmetricCode,
  workgroups: ({ quads, matrices }) => [Math.ceil(quads / 8), Math.ceil(quads / 8), matrices],
  flops: ({ genes, matrices }) => 3 * matrices * genes * genes,
  bytes: ({ genes, matrices }) => 12 * matrices * genes * genes,
  iterations: () => 0,
};
