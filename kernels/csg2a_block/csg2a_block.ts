import {
  type AdapterClass,
  type Kernel,
  linearGrid,
  loop,
  specialise,
  type Uniforms,
} from "../descriptor.ts";
import expand from "./expand_genes.wgsl" with { type: "text" };
import geneTile from "./gene_tile.wgsl" with { type: "text" };
import inputs from "./gradient_inputs.wgsl" with { type: "text" };
import weights from "./gradient_weights.wgsl" with { type: "text" };
import pack from "./pack_weights.wgsl" with { type: "text" };
import reduce from "./reduce_genes.wgsl" with { type: "text" };
import sum from "./sum_chunks.wgsl" with { type: "text" };

/** How the score matrix A = QQ' / sqrt(b) + P is used: y = A g (the paper), or y_i = g_i * row sum of A (the release). */
export type BlockVariant = "matmul" | "rowsum";

/** Genes a thread of the first stage adds up: few on a GPU, which wants threads; more in software. */
export function geneChunk(adapterClass: AdapterClass, genes: number): number {
  return Math.max(adapterClass === "gpu" ? 16 : 61, Math.ceil(genes / 64));
}

const coefficients = { forward: { matmul: 0, rowsum: 1 }, backward: { matmul: 2, rowsum: 3 } } as const;

/** Both weights side by side, in whole quads. */
export const packWeights: Kernel = {
  name: "csg2a_pack_weights",
  code: pack,
  workgroups: ({ genes, quads }) => linearGrid(2 * genes * quads, 64),
  flops: () => 0,
  bytes: ({ genes, width }) => 16 * genes * width,
  iterations: () => loop(4),
};

/** z or t (rowsum: m or n), summed over chunks of genes. */
export function reduceGenes(variant: BlockVariant, pass: "forward" | "backward"): Kernel {
  return specialise({
    name: `csg2a_reduce_genes_${pass}`,
    code: reduce,
    workgroups: ({ batch, quads, chunks }) => [Math.ceil(quads / 16), Math.ceil(batch / 16), chunks],
    flops: ({ batch, genes, quads }) => 16 * batch * genes * quads,
    bytes: ({ batch, genes, quads, chunks }) =>
      8 * batch * genes + 32 * genes * quads + 16 * chunks * batch * quads,
    iterations: ({ chunk }) => loop(chunk),
  }, { COEFFICIENTS: coefficients[pass][variant] });
}

/** The second stage of the sum. */
export const sumChunks: Kernel = {
  name: "csg2a_sum_chunks",
  code: sum,
  workgroups: ({ count }) => [Math.ceil(count / 64), 1, 1],
  flops: ({ count, chunks }) => 4 * count * chunks,
  bytes: ({ count, chunks }) => 16 * count * (chunks + 1),
  iterations: ({ chunks }) => loop(chunks),
};

const pairGrid = ({ genes, batch }: Uniforms) => [Math.ceil(genes / 128), Math.ceil(batch / 4), 1] as const;

/** The block's output. */
export function expandGenes(variant: BlockVariant): Kernel {
  return specialise({
    name: "csg2a_expand_genes",
    code: `${geneTile}\n${expand}`,
    workgroups: pairGrid,
    flops: ({ batch, genes, quads }) => batch * genes * (16 * quads + 6),
    bytes: ({ batch, genes, quads }) => 12 * batch * genes + 32 * genes * quads,
    iterations: ({ genes, quads }) => loop(quads) + (variant === "matmul" ? 2 * loop(genes) : 0),
  }, { ROWSUM: variant === "rowsum" ? 1 : 0 });
}

/** Gradients of profile and condition; an unwanted one is neither computed nor written. */
export function gradientInputs(variant: BlockVariant, wantGamma: boolean, wantComp: boolean): Kernel {
  return specialise({
    name: "csg2a_gradient_inputs",
    code: `${geneTile}\n${inputs}`,
    workgroups: pairGrid,
    flops: ({ batch, genes, quads }) => batch * genes * (32 * quads + 16),
    bytes: ({ batch, genes, quads }) => 20 * batch * genes + 32 * genes * quads,
    iterations: ({ genes, quads }) => loop(quads) + (variant === "matmul" && wantGamma ? 2 * loop(genes) : 0),
  }, { ROWSUM: variant === "rowsum" ? 1 : 0, WANT_GAMMA: wantGamma ? 1 : 0, WANT_COMP: wantComp ? 1 : 0 });
}

/** Gradients of w_gex and w_comp. */
export function gradientWeights(variant: BlockVariant): Kernel {
  return specialise({
    name: "csg2a_gradient_weights",
    code: weights,
    workgroups: ({ genes, quads }) => [Math.ceil(quads / 16), Math.ceil(genes / 16), 1],
    flops: ({ batch, genes, quads }) => 4 * batch * genes * quads * 8,
    bytes: ({ batch, genes, quads }) => 12 * batch * genes + 32 * genes * quads,
    iterations: ({ batch }) => loop(batch) + 4 * loop(4),
  }, { ROWSUM: variant === "rowsum" ? 1 : 0 });
}
