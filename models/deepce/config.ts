import type { MetaPart } from "../../datasets/badger/meta_vectors.ts";
import type { LossName } from "../ops/losses/main_loss.ts";
import type { GraphNetworkConfig } from "../neural_fingerprint/config.ts";

/** Sizes and switches of DeepCE (badger.md 5.3); the released session `deepce` is `releasedDeepce`. */
export interface DeepceConfig extends GraphNetworkConfig {
  /** Attention heads; divides `hidden`. */
  readonly heads: number;
  /** Width of the embedded meta vector. */
  readonly metaEmbedding: number;
}

/** The session `deepce` as shipped; sizes that follow the data are left to them. */
export const releasedDeepce = {
  hidden: 128,
  convolutions: [16, 16],
  layers: 2,
  heads: 4,
  feedForward: 512,
  metaEmbedding: 4,
  dropout: 0.1,
} as const satisfies Partial<DeepceConfig>;

/** The loss of the session. */
export const releasedDeepceLoss: LossName = "point_wise_mse";

/** What DeepCE is told of a row besides the drug (badger.md 4.9). */
export const deepceMeta: readonly MetaPart[] = ["cell", "dose"];
