// @ts-types="./jstat.d.ts"
import jstat from "jstat";

/** Mean of paired differences over folds, its 95 % interval and p-value. */
export interface PairedOverFolds {
  /** Of the differences. */
  readonly mean: number;
  /** Lower bound; null of fewer than three folds. */
  readonly low: number | null;
  /** Upper bound; null of fewer than three folds. */
  readonly high: number | null;
  /** Two-sided; null of fewer than three folds. */
  readonly p: number | null;
}

/**
 * The corrected resampled t-test of differences over the folds of a cross-validation: training parts overlap, so the variance of the
 * mean is taken as (1/k + test rows / training rows) s² in place of s²/k.
 *
 * Source: Nadeau and Bengio, Machine Learning 52:239, 2003.
 *
 * @param differences one a fold.
 * @param testShare test rows over training rows.
 *
 * @example
 * ```ts
 * correctedPairedTest([0.2, 0.1, 0.3], 0.5).mean; // 0.2
 * ```
 */
export function correctedPairedTest(differences: readonly number[], testShare: number): PairedOverFolds {
  const k = differences.length;
  const mean = differences.reduce((sum, value) => sum + value, 0) / k;
  if (k < 3) return { mean, low: null, high: null, p: null };
  const variance = differences.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (k - 1);
  const error = Math.sqrt((1 / k + testShare) * variance);
  if (error === 0) return { mean, low: mean, high: mean, p: mean === 0 ? 1 : 0 };
  const t = mean / error, v = k - 1;
  const half = jstat.studentt.inv(0.975, v) * error;
  return { mean, low: mean - half, high: mean + half, p: jstat.ibeta(v / (v + t * t), v / 2, 0.5) };
}
