import type { MetaPart } from "../../datasets/badger/meta_vectors.ts";
import type { LossName } from "../ops/losses/main_loss.ts";
import type { GraphNetworkConfig } from "../neural_fingerprint/config.ts";

/**
 * Sizes and switches of CIGER (badger.md 5.4); the released session `ciger` is `releasedCiger`. The second layer of the encoder,
 * and the attention of one head a layer, has half of the hidden width.
 */
export interface CigerConfig extends GraphNetworkConfig {
  /** Widths of the decoder's layers before the last, which has one output. */
  readonly decoder: readonly number[];
}

/** The session `ciger` as shipped; sizes that follow the data are left to them. */
export const releasedCiger = {
  hidden: 128,
  convolutions: [64, 64],
  layers: 1,
  feedForward: 512,
  decoder: [128, 32],
  dropout: 0.1,
} as const satisfies Partial<CigerConfig>;

/** The loss of the session. */
export const releasedCigerLoss: LossName = "list_wise_rankcosine";

/** What CIGER is told of a row besides the drug (badger.md 4.9). */
export const cigerMeta: readonly MetaPart[] = ["cell"];
