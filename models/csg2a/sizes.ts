import type { Csg2aSettings } from "./settings.ts";

/** The model's switches together with the sizes that the data decide. */
export interface Csg2aConfig extends Csg2aSettings {
  /** Basal profile that the heads of drug response see (row 6). */
  readonly headInput: "raw" | "scaled";
  /** Whether a transferred network is frozen. */
  readonly frozen: boolean;
  /** What a frozen network's BatchNorm and dropout do (row 10): `train` as released. */
  readonly frozenMode: "train" | "eval";
  /** Genes G: 978 landmark genes, 10,167 for the larger set. */
  readonly genes: number;
  /** Width of the three projections of the fine-tuning heads, and of the layer before the last (csg2a.md 2.6). */
  readonly headWidths: readonly [number, number];
}

/** Head widths of the release. */
export const releasedHeadWidths = [512, 64] as const;

/** Columns of the atom features (csg2a.md 6.3). */
export const atomFeatureCount = 28;

/** Outputs of each of the dose and time encoders. */
export const doseTimeWidth = 2;

/** Weights of the three attention terms: softmax, distance, adjacency (csg2a.md 2.2). */
export const attentionLambdas = [0.33, 0.33, 1 - 0.33 - 0.33] as const;

/** Slope of the leaky ReLU in MAT's feed-forward. */
export const matSlope = 0.1;
