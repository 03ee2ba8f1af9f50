import type { AskedRun, NearestDrug } from "./gene_ranking.ts";

/** How a drug reverses a disease signature. */
export interface ScreenedDrug {
  /** As in the library. */
  readonly name: string;
  /** As written. */
  readonly smiles: string;
  /** Minus the Spearman correlation of prediction and signature: 1 is a perfect reversal. */
  readonly reversal: number;
  /** Share of the signature's most raised genes that are among the most lowered predicted ones. */
  readonly upReversed: number;
  /** Share of its most lowered genes that are among the most raised predicted ones. */
  readonly downReversed: number;
  /** The most similar drug of the training part. */
  readonly nearest?: NearestDrug;
}

/** A library in the order of reversal, and what it takes to read it. */
export interface Screen extends AskedRun {
  /** File of the signature. */
  readonly signature: string;
  /** The best first. */
  readonly drugs: readonly ScreenedDrug[];
  /** Genes that signature and model share. */
  readonly genes: number;
  /** Genes of the signature that the model does not know. */
  readonly unknown: readonly string[];
  /** Genes counted at either end. */
  readonly ends: number;
  /** Mean Pearson between predictions of two drugs: near 1, the order rests on small differences. */
  readonly likeness: number;
  /** Reversal of the mean training signature: what a drug scores about which nothing is known. */
  readonly trainingMean: number;
}
