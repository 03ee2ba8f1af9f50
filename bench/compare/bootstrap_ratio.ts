import { RandomValues } from "../random_values.ts";
import { quantile } from "../statistics.ts";

/** A ratio of medians with its interval. */
export interface RatioInterval {
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
}

/** Half a percent of resamples are cut off at either end: a table has many rows, and each may raise a false alarm. */
const tail = 0.005;

/**
 * Ratio of the medians of two sets of repeats, second over first, with a 99 % bootstrap interval. Where both were taken in
 * the same rounds (`paired`), rounds are drawn instead of single repeats: what slowed a round slowed both.
 */
export function bootstrapRatio(
  first: readonly number[],
  second: readonly number[],
  { paired = false, draws = 1000, seed = 1 }: {
    readonly paired?: boolean;
    readonly draws?: number;
    readonly seed?: number;
  } = {},
): RatioInterval {
  const random = new RandomValues(seed);
  const together = paired && first.length === second.length;
  const places = (count: number) => Array.from({ length: count }, () => random.below(count));
  const ratios = Array.from({ length: draws }, () => {
    const a = places(first.length);
    const b = together ? a : places(second.length);
    return quantile(b.map((k) => second[k]), 0.5) / quantile(a.map((k) => first[k]), 0.5);
  });
  return {
    ratio: quantile(second, 0.5) / quantile(first, 0.5),
    low: quantile(ratios, tail),
    high: quantile(ratios, 1 - tail),
  };
}
