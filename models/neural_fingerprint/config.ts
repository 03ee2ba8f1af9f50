/** Sizes of the neural fingerprint (badger.md 5.3). */
export interface FingerprintConfig {
  /** Widths of the graph convolutions: 16, 16 in DeepCE, 64, 64 in CIGER. */
  readonly convolutions: readonly number[];
  /** Width of an atom's fingerprint. */
  readonly outputs: number;
}
