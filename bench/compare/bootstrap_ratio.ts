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
