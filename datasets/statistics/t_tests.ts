// @ts-types="./jstat.d.ts"
import jstat from "jstat";

/** Which difference counts as evidence: of the first sample's mean (or of the pairs' differences) from the second's. */
export type Alternative = "two-sided" | "less" | "greater";

/** Result of a t-test. */
export interface TTest {
  /** The statistic. */
  readonly t: number;
  /** Not whole for Welch's test. */
  readonly degreesOfFreedom: number;
  /** Relative accuracy about 1e-7 (the incomplete beta function of jstat). */
  readonly p: number;
}

/**
 * Student's t-test of two samples with a common variance.
 *
 * Source: csg2a.md 6.8 (the default there, as in SciPy).
 * @throws {RangeError} when a sample has fewer than two values.
 *
 * @example
 * ```ts
 * studentTTest([1, 2, 3], [2, 3, 4]).degreesOfFreedom; // 4
 * ```
 */
export function studentTTest(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  alternative: Alternative = "two-sided",
): TTest {
  const a = moments(first), b = moments(second);
  const degreesOfFreedom = a.n + b.n - 2;
  const pooled = ((a.n - 1) * a.variance + (b.n - 1) * b.variance) / degreesOfFreedom;
  const t = (a.mean - b.mean) / Math.sqrt(pooled * (1 / a.n + 1 / b.n));
  return { t, degreesOfFreedom, p: tail(t, degreesOfFreedom, alternative) };
}

/**
 * Welch's t-test of two samples with variances of their own (Welch-Satterthwaite degrees of freedom).
 *
 * @throws {RangeError} when a sample has fewer than two values.
 *
 * @example
 * ```ts
 * welchTTest([1, 2, 3], [2, 3, 4], "less").p;
 * ```
 */
export function welchTTest(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  alternative: Alternative = "two-sided",
): TTest {
  const a = moments(first), b = moments(second);
  const va = a.variance / a.n, vb = b.variance / b.n;
  const degreesOfFreedom = (va + vb) ** 2 / (va ** 2 / (a.n - 1) + vb ** 2 / (b.n - 1));
  const t = (a.mean - b.mean) / Math.sqrt(va + vb);
  return { t, degreesOfFreedom, p: tail(t, degreesOfFreedom, alternative) };
}

/**
 * Paired t-test: of the differences first - second against 0.
 *
 * @throws {RangeError} when the lengths differ or there are fewer than two pairs.
 *
 * @example
 * ```ts
 * pairedTTest([2, 3, 5], [1, 3, 3]).degreesOfFreedom; // 2
 * ```
 */
export function pairedTTest(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  alternative: Alternative = "two-sided",
): TTest {
  if (first.length !== second.length) {
    throw new RangeError(
      `A paired test needs samples of one length, found ${first.length} and ${second.length} values.`,
    );
  }
  const d = moments(Array.from(first, (value, i) => value - second[i]));
  const t = d.mean / Math.sqrt(d.variance / d.n);
  return { t, degreesOfFreedom: d.n - 1, p: tail(t, d.n - 1, alternative) };
}

function moments(values: ArrayLike<number>): { n: number; mean: number; variance: number } {
  const n = values.length;
  if (n < 2) throw new RangeError(`A t-test needs at least 2 values a sample, found ${n}.`);
  let mean = 0;
  for (let i = 0; i < n; i++) mean += values[i] / n;
  let squares = 0;
  for (let i = 0; i < n; i++) squares += (values[i] - mean) ** 2;
  return { n, mean, variance: squares / (n - 1) };
}

/** From the incomplete beta function at v / (v + t²), not from 1 - cdf, so that small p-values keep their digits. */
function tail(t: number, v: number, alternative: Alternative): number {
  if (Number.isNaN(t) || Number.isNaN(v)) return NaN;
  const beyond = Number.isFinite(t) ? jstat.ibeta(v / (v + t * t), v / 2, 0.5) / 2 : 0;
  if (alternative === "two-sided") return 2 * beyond;
  return (alternative === "less") === (t <= 0) ? beyond : 1 - beyond;
}
