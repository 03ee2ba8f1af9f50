import type { LossName } from "../ops/losses/main_loss.ts";

/** Sizes of the MLP (badger.md 5.1); the released session `mlp` is `releasedMlp`. */
export interface MlpConfig {
  /** Genes N. */
  readonly genes: number;
  /**
   * Numbers a drug. The release fine-tunes a language model and takes its 384-wide sentence vector; here the drug input is a
   * fixed vector, by default the 1024 Morgan bits of the whole molecule.
   */
  readonly drugWidth: number;
  /** Columns of a cell line's vector. */
  readonly cellWidth: number;
  /** Width of drug vector, cell vector and their fusion. */
  readonly hidden: number;
  /** Widths of the stages before the last, which has one output a gene. */
  readonly stages: readonly number[];
  /** Rate of all dropouts. */
  readonly dropout: number;
}

/** The session `mlp` as shipped; sizes that follow the data are left to them. */
export const releasedMlp = {
  hidden: 128,
  stages: [256, 512],
  dropout: 0.1,
} as const satisfies Partial<MlpConfig>;

/** The loss of the sessions `mlp` and `knn`. */
export const releasedMlpLoss: LossName = "hybrid_cosine_mse";

/** Slope of the leaky ReLU after every stage, the last included. */
export const mlpSlope = 0.01;
