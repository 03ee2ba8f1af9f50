import type { RatioInterval } from "./compare/bootstrap_ratio.ts";
import { RandomValues } from "../testing/random_values.ts";
import { fewestRepeats, type Repeat } from "./race.ts";
import type { Pass } from "./kernel_case.ts";
import { quantile } from "./statistics.ts";

/** A ratio of times of one run, with how many rounds both ran in. */
export interface PairedRatio extends RatioInterval {
  readonly pairs: number;
}

/**
 * How many times longer the second took than the first, by the rounds that both ran in: their repeats stood side by side,
 * so what slowed the machine slowed both. The median of the ratios with a 99 % bootstrap interval; null when fewer than
 * five rounds are shared.
 */
export function pairedRatio(
  first: readonly Repeat[],
  second: readonly Repeat[],
  pass: Pass,
): PairedRatio | null {
  const others = new Map(second.map(({ round, times }) => [round, times[pass]]));
  const ratios = first.flatMap(({ round, times }) => {
    const [a, b] = [times[pass], others.get(round)];
    return a !== undefined && b !== undefined && a > 0 ? [b / a] : [];
  });
  return medianRatio(ratios);
}

/** The median of paired ratios with a 99 % bootstrap interval; null of fewer than five. */
export function medianRatio(ratios: readonly number[]): PairedRatio | null {
  if (ratios.length < fewestRepeats) return null;
  const random = new RandomValues(1);
  const medians = Array.from(
    { length: 1000 },
    () => quantile(ratios.map(() => ratios[random.below(ratios.length)]), 0.5),
  );
  return {
    ratio: quantile(ratios, 0.5),
    low: quantile(medians, 0.005),
    high: quantile(medians, 0.995),
    pairs: ratios.length,
  };
}
