import { RandomValues } from "../../testing/random_values.ts";
import { quantile } from "../statistics.ts";

/** A ratio of medians with its interval. */
export interface RatioInterval {
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
}

/** Half a percent of resamples are cut off at either end: a table has many rows, and each may raise a false alarm. */
const tail = 0.005;

/** Resamples. */
const draws = 1000;

/**
 * How far the second half of some repeats lies from the first, beyond what their own noise explains: the bound of the
 * interval nearest to 1, as a factor of at least 1. Noise itself is in every interval already and must not widen it twice.
 */
export function driftBeyondNoise(samples: readonly number[]): number {
  const half = Math.floor(samples.length / 2);
  if (half < 2) return 1;
  const { low, high } = bootstrapRatio(samples.slice(0, half), samples.slice(-half));
  return low > 1 ? low : high < 1 ? 1 / high : 1;
}

/** Ratio of the medians of two sets of repeats, second over first, with a 99 % bootstrap interval. */
export function bootstrapRatio(
  first: readonly number[],
  second: readonly number[],
  seed = 1,
): RatioInterval {
  const random = new RandomValues(seed);
  const resample = (values: readonly number[]) => values.map(() => values[random.below(values.length)]);
  const ratios = Array.from(
    { length: draws },
    () => quantile(resample(second), 0.5) / quantile(resample(first), 0.5),
  );
  return {
    ratio: quantile(second, 0.5) / quantile(first, 0.5),
    low: quantile(ratios, tail),
    high: quantile(ratios, 1 - tail),
  };
}
