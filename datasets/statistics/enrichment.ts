import type { GeneSet } from "../formats/gmt.ts";
import { benjaminiHochberg } from "./benjamini_hochberg.ts";
import { hypergeometricTail } from "./hypergeometric_tail.ts";

/** A gene set and how many of the drawn genes are in it. */
export interface EnrichedSet {
  /** Of the set. */
  readonly name: string;
  /** Its genes that are in the universe. */
  readonly size: number;
  /** Those of them that were drawn. */
  readonly genes: readonly string[];
  /** P(X >= overlap), hypergeometric. */
  readonly p: number;
  /** By Benjamini and Hochberg over all sets tested. */
  readonly adjusted: number;
}

/** Fewest genes of the universe that a set must hold to be tested. */
const leastSetSize = 5;

/**
 * Which gene sets hold more of the drawn genes than chance: hypergeometric upper tails over the universe of genes that could have been
 * drawn, adjusted over all sets with at least five genes of it; the smallest p first.
 *
 * Source: csg2a.md 6.8.
 *
 * @example
 * ```ts
 * const [strongest] = enrichedSets(["TP53", "MDM2"], genes, await readGmt("h.all.symbols.gmt"));
 * ```
 */
export function enrichedSets(
  drawn: Iterable<string>,
  universe: readonly string[],
  sets: readonly GeneSet[],
): EnrichedSet[] {
  const known = new Set(universe), chosen = new Set(drawn).intersection(known);
  const tested = sets
    .map(({ name, genes }) => ({ name, genes: genes.filter((gene) => known.has(gene)) }))
    .filter(({ genes }) => genes.length >= leastSetSize)
    .map(({ name, genes }) => {
      const found = genes.filter((gene) => chosen.has(gene));
      const p = hypergeometricTail({
        universe: known.size,
        set: genes.length,
        drawn: chosen.size,
        overlap: found.length,
      });
      return { name, size: genes.length, genes: found, p };
    });
  const adjusted = benjaminiHochberg(tested.map(({ p }) => p));
  return tested.map((set, at) => ({ ...set, adjusted: adjusted[at] })).sort((a, b) => a.p - b.p);
}
