import type { EnrichedSet } from "../datasets/statistics/enrichment.ts";

/** What the strongest pairs of a map are. */
export interface StrongestPairs {
  /** Rows that the map is a mean of. */
  readonly samples: number;
  /** Strongest first. */
  readonly pairs: readonly {
    readonly genes: readonly [string, string];
    readonly score: number;
    readonly inGraph: boolean;
  }[];
  /** Distinct genes of them. */
  readonly genes: number;
  /** Gene sets by p. */
  readonly sets: readonly EnrichedSet[];
}

/** Attention of one drug. */
export interface DrugAttention extends StrongestPairs {
  readonly drug: string;
  /** Over the samples of lowest response. */
  readonly potent?: StrongestPairs;
  /** The map among the genes that occur most often in the pairs; row-major. */
  readonly heat?: { readonly genes: readonly string[]; readonly values: readonly number[] };
}

/** How alike the mean maps of two drugs are: Pearson correlations. */
export interface MapPair {
  readonly drugs: readonly [string, string];
  readonly mechanism: "same" | "different" | "unknown";
  readonly full: number;
  readonly offDiagonal: number;
  /** With the interaction graph taken off. */
  readonly withoutGraph: number;
  readonly offDiagonalWithoutGraph: number;
}

/** What the attention of a run says of drugs. */
export interface AttentionStudy {
  readonly title: string;
  readonly run: string;
  /** Whose test part the samples are. */
  readonly split: string;
  readonly seed: number;
  /** Of the data. */
  readonly fingerprint: string;
  readonly genes: readonly string[];
  /** Pairs that were taken. */
  readonly top: number;
  readonly potentShare: number;
  readonly drugs: readonly DrugAttention[];
  readonly maps: readonly MapPair[];
  readonly notes: readonly string[];
  readonly command: string;
}
