import { type BadgerDrug, fingerprintBits } from "../../datasets/badger/types.ts";

/** The fragments of a batch, padded to the longest list with zero rows (badger.md 4.4). */
export interface FragmentBatch {
  /** Drugs. */
  readonly batch: number;
  /** Fragment slots a drug. */
  readonly slots: number;
  /** batch x slots x 1024, zeros and ones. */
  readonly bits: Float32Array<ArrayBuffer>;
  /** batch x slots, 1 for a fragment. */
  readonly mask: Float32Array<ArrayBuffer>;
}

/**
 * Fingerprints and mask of a batch.
 *
 * @param slots to pad to, so that batches share one shape; default the longest list. Longer lists are an error.
 * @throws {RangeError} when a drug has more fragments than slots.
 */
export function collateFragments(drugs: readonly BadgerDrug[], slots?: number): FragmentBatch {
  const longest = drugs.reduce((most, drug) => Math.max(most, drug.fragmentBits.length), 0);
  const width = slots ?? longest;
  if (longest > width) throw new RangeError(`A drug has ${longest} fragments, expected at most ${width}.`);
  const bits = new Float32Array(drugs.length * width * fingerprintBits);
  const mask = new Float32Array(drugs.length * width);
  drugs.forEach((drug, sample) => {
    drug.fragmentBits.forEach((onBits, slot) => {
      const at = sample * width + slot;
      mask[at] = 1;
      for (const bit of onBits) bits[at * fingerprintBits + bit] = 1;
    });
  });
  return { batch: drugs.length, slots: width, bits, mask };
}
