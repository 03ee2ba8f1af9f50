import type { LossName } from "../ops/losses/main_loss.ts";
import type { GeneTableInit } from "../ranking/fields.ts";

/** Sizes of the neural fingerprint (badger.md 5.3). */
export interface FingerprintConfig {
  /** Widths of the graph convolutions: 16, 16 in DeepCE, 64, 64 in CIGER. */
  readonly convolutions: readonly number[];
  /** Width of an atom's fingerprint. */
  readonly outputs: number;
}

/** Sizes that DeepCE and CIGER share. */
export interface GraphNetworkConfig {
  /** Genes N. */
  readonly genes: number;
  /** Columns of the meta vector: one-hot cell line, in DeepCE also one-hot dose. */
  readonly metaWidth: number;
  /** Columns of the gene table, trained in CIGER, frozen in DeepCE, whose release needs as many as `hidden`. */
  readonly geneWidth: number;
  /** Width of a fingerprint: of a molecule in CIGER, of an atom in DeepCE; and of the first hidden layer. */
  readonly hidden: number;
  /** Widths of the graph convolutions. */
  readonly convolutions: readonly number[];
  /** Attention layers. */
  readonly layers: number;
  /** Width inside the feed-forward of an attention layer. */
  readonly feedForward: number;
  /** Rate of all dropouts. */
  readonly dropout: number;
}

/** What a user chooses of such a model: sizes that follow the data are left to them. */
export type GraphNetworkSettings<Config extends GraphNetworkConfig> =
  & Omit<Config, "genes" | "metaWidth" | "geneWidth">
  & {
    /** What the gene table starts with. */
    readonly geneTableInit: GeneTableInit;
    /** What is minimised. */
    readonly loss: LossName;
  };

/** The fingerprint of such a model. */
export function fingerprintConfig({ convolutions, hidden }: GraphNetworkConfig): FingerprintConfig {
  return { convolutions, outputs: hidden };
}
