import { RandomStream } from "../random.ts";

/** A difference of two means over the same rows, with its bootstrap interval. */
export interface PairedDifference {
  /** Mean over rows of first minus second. */
  readonly mean: number;
  /** Lower bound of the 95 % interval. */
  readonly low: number;
  /** Upper bound of the 95 % interval. */
  readonly high: number;
}

/**
 * Difference of two scores of the same rows. Whole groups are drawn with replacement, because rows of one drug (or cell line)
 * are not independent (field.md section 5).
 *
 * @param groups one label a row.
 */
export function pairedBootstrap(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  groups: readonly string[],
  { draws = 1000, seed = 0 }: { readonly draws?: number; readonly seed?: number } = {},
): PairedDifference {
  const sums = new Map<string, { sum: number; rows: number }>();
  groups.forEach((group, row) => {
    const entry = sums.get(group) ?? { sum: 0, rows: 0 };
    sums.set(group, { sum: entry.sum + first[row] - second[row], rows: entry.rows + 1 });
  });
  const units = [...sums.values()];
  const mean = (chosen: readonly { sum: number; rows: number }[]) => {
    const total = chosen.reduce((all, { sum, rows }) => ({ sum: all.sum + sum, rows: all.rows + rows }));
    return total.sum / total.rows;
  };
  const random = new RandomStream(seed, 0xb007);
  const means = Float64Array.from(
    { length: draws },
    () => mean(units.map(() => random.pick(units))),
  ).sort();
  const at = (share: number) => means[Math.min(draws - 1, Math.floor(share * draws))];
  return { mean: mean(units), low: at(0.025), high: at(0.975) };
}
