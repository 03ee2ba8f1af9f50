import { sizeClass, type Tunable } from "../tunable.ts";

/** Genes that a thread of the first reduction adds up, at least: fewer threads do more each. */
export const geneChunkTunable: Tunable<number> = {
  name: "csg2a.geneChunk",
  candidates: [8, 16, 32, 61, 128, 256],
  shapeClass: ({ genes, batch, quads }) =>
    `genes${sizeClass(genes)} batch${sizeClass(batch)} quads${sizeClass(quads)}`,
};

/** No more than this many chunks, whatever was tuned: their partial sums are kept. */
export const mostChunks = 64;
