import type { Chemistry } from "../molecules/chemistry.ts";
import { type OnBits, onBits } from "../molecules/fingerprint.ts";
import { type BadgerDrug, fingerprintBits } from "./types.ts";

/** `set`: every distinct fragment once (released); `multiset`: as often as the molecule holds it. */
export type FragmentMode = "set" | "multiset";

/** What is computed from a structure once and kept. */
export interface FragmentedDrug {
  /** As written. */
  readonly smiles: string;
  /** Distinct BRICS fragments in code-point order. */
  readonly fragments: readonly string[];
  /** How often the molecule holds each. */
  readonly counts: readonly number[];
  /** Morgan bits of each fragment. */
  readonly fragmentBits: readonly (readonly number[])[];
  /** Morgan bits of the molecule. */
  readonly moleculeBits: readonly number[];
}

/**
 * Cuts a drug into BRICS fragments and takes the Morgan bits (radius 2, 1024) of each (badger.md 4.4).
 *
 * @throws {UserError} when the SMILES cannot be parsed.
 */
export function fragmentDrug(chemistry: Chemistry, smiles: string): FragmentedDrug {
  const { fragments, counts } = chemistry.brics(smiles);
  const bitsOf = (text: string) => [...onBits(chemistry.morganBits(text, 2, fingerprintBits))];
  return { smiles, fragments, counts, fragmentBits: fragments.map(bitsOf), moleculeBits: bitsOf(smiles) };
}

/** A drug as the models take it. */
export function badgerDrug(
  id: string,
  drug: FragmentedDrug,
  mode: FragmentMode = "set",
  name: string = id,
): BadgerDrug {
  const repeats = drug.fragments.map((_, place) => mode === "set" ? 1 : drug.counts[place]);
  const repeated = <T>(list: readonly T[]) =>
    list.flatMap((entry, place) => Array.from({ length: repeats[place] }, () => entry));
  return {
    id,
    name,
    smiles: drug.smiles,
    fragments: repeated(drug.fragments),
    fragmentBits: repeated(drug.fragmentBits.map((bits): OnBits => Uint16Array.from(bits))),
    moleculeBits: Uint16Array.from(drug.moleculeBits),
  };
}
