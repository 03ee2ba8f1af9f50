import { spearman } from "../metrics/metrics.ts";

/** Replicates as one profile. */
export interface Consensus {
  /** Weighted mean, one a gene. */
  readonly values: Float32Array<ArrayBuffer>;
  /** One a replicate, sum 1. */
  readonly weights: readonly number[];
  /** Spearman correlations of all pairs, ascending; none for a single replicate. */
  readonly pairs: readonly number[];
}

/**
 * Moderated z (MODZ): replicates weighted by their mean Spearman correlation with the others, at least 0.01, as LINCS makes Level 5 of
 * Level 4. Two replicates weigh the same; one is itself.
 *
 * Source: Subramanian et al. 2017, and `weighted_avg` of cmapR, which round the weights to four places; here they are not.
 *
 * @param replicates profiles of equal length.
 */
export function modz(replicates: readonly Float32Array[]): Consensus {
  const count = replicates.length;
  const correlations = replicates.map((first, a) =>
    replicates.map((second, b) => a === b ? 1 : a < b ? spearman(first, second) : 0)
  );
  for (let a = 0; a < count; a++) for (let b = 0; b < a; b++) correlations[a][b] = correlations[b][a];
  const pairs = correlations.flatMap((line, a) => line.slice(a + 1)).sort((x, y) => x - y);
  const raw = correlations.map((line) =>
    count < 2 ? 1 : Math.max(0.01, (line.reduce((sum, r) => sum + r, 0) - 1) / (count - 1))
  );
  const total = raw.reduce((sum, weight) => sum + weight, 0);
  const weights = raw.map((weight) => weight / total);
  const values = Float32Array.from(
    { length: replicates[0].length },
    (_, gene) => replicates.reduce((sum, profile, at) => sum + raw[at] * profile[gene], 0) / total,
  );
  return { values, weights, pairs };
}
