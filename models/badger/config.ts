/** How attention scores are formed (badger.md 2.3 and 2.5). */
export type AttentionKind = "additive" | "scaledDot" | "dot";

/** Sizes and switches of BADGER (badger.md 2.5 and 3.6); the released session `badger` is `releasedBadger`. */
export interface BadgerConfig {
  /** Genes N. */
  readonly genes: number;
  /** Pathways P; 0 in light mode. */
  readonly pathways: number;
  /** Columns of a cell line's vector. */
  readonly cellWidth: number;
  /** Columns of the frozen gene table; 0: a trainable table of the hidden width. */
  readonly geneWidth: number;
  /** Bits of a fragment's fingerprint. */
  readonly fingerprintBits: number;
  /** Hidden width H. */
  readonly hidden: number;
  /** Attention heads h; divides `hidden`. */
  readonly heads: number;
  /** Rate of the five dropouts. */
  readonly dropout: number;
  /** Drug fragments straight to genes, without pathways. */
  readonly light: boolean;
  /** Whether the gene-gene block is there. */
  readonly geneAttention: boolean;
  /** Gene-gene blocks, one after the other. */
  readonly geneBlocks: number;
  /** A cross block over genes and pathways in place of the gene-gene block. */
  readonly plusUltra: boolean;
  /** One decoder vector a gene. */
  readonly decoderMultiway: boolean;
  /** Norms before attention and feed-forward on the branch (released), or after the sums. */
  readonly cleanPath: boolean;
  /** What the blocks normalise by. */
  readonly norm: "set" | "layer";
  /** What SetNorm divides by: the variance as released, the deviation as published. */
  readonly setNorm: "variance" | "deviation";
  /** One projection for queries, keys and values (released), or three. */
  readonly sameLinear: boolean;
  /** Scores of the cross blocks. */
  readonly crossAttention: AttentionKind;
  /** Scores of the gene-gene block. */
  readonly selfAttention: AttentionKind;
}

/** The session `badger` as shipped; sizes that follow the data are left to them. */
export const releasedBadger = {
  fingerprintBits: 1024,
  hidden: 128,
  heads: 2,
  dropout: 0.1,
  light: false,
  geneAttention: true,
  geneBlocks: 1,
  plusUltra: false,
  decoderMultiway: false,
  cleanPath: true,
  norm: "set",
  setNorm: "variance",
  sameLinear: true,
  crossAttention: "additive",
  selfAttention: "scaledDot",
} as const satisfies Partial<BadgerConfig>;
