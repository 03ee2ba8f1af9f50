import type { MetaPart } from "../../datasets/badger/meta_vectors.ts";
import type { LossName } from "../ops/losses/main_loss.ts";
import type { FingerprintConfig } from "../neural_fingerprint/config.ts";

/** Sizes and switches of CIGER (badger.md 5.4); the released session `ciger` is `releasedCiger`. */
export interface CigerConfig {
  /** Genes N. */
  readonly genes: number;
  /** Columns of the meta vector: the cell one-hot. */
  readonly metaWidth: number;
  /** Columns of the trainable gene table. */
  readonly geneWidth: number;
  /** Width of a molecule's fingerprint and of the encoder's first layer; its second, and the attention, has half of it. */
  readonly hidden: number;
  /** Widths of the graph convolutions. */
  readonly convolutions: readonly number[];
  /** Gene attention layers, one head each. */
  readonly layers: number;
  /** Width inside the feed-forward of an attention layer. */
  readonly feedForward: number;
  /** Widths of the decoder's layers before the last, which has one output. */
  readonly decoder: readonly number[];
  /** Rate of all dropouts. */
  readonly dropout: number;
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

/** The fingerprint of its molecules. */
export function cigerFingerprint({ convolutions, hidden }: CigerConfig): FingerprintConfig {
  return { convolutions, outputs: hidden };
}
