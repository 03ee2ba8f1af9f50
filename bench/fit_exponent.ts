import type { KernelRow } from "./kernel_row.ts";

/** How cost grows with one size: time ~ size^exponent, over the sizes from `from` to `to`, the others held. */
export interface Fit {
  readonly kernel: string;
  readonly variant: string;
  readonly pass: KernelRow["pass"];
  /** Name of the size that was swept. */
  readonly size: string;
  readonly from: number;
  readonly to: number;
  readonly points: number;
  readonly exponent: number;
  /** Its standard error; null of two points, which any line meets. */
  readonly error: number | null;
  /** Milliseconds that the fit gives at `from`. */
  readonly start: number;
  /** Share of the variance of log time that the fit explains. */
  readonly r2: number;
}

/** Least squares on logarithms. @throws {RangeError} with fewer than two different sizes. */
export function fitExponent(points: readonly (readonly [size: number, ms: number])[]) {
  const logs = points.map(([size, ms]) => [Math.log(size), Math.log(ms)]);
  const mean = (k: 0 | 1) => logs.reduce((sum, point) => sum + point[k], 0) / logs.length;
  const [x, y] = [mean(0), mean(1)];
  let [xx, xy, yy] = [0, 0, 0];
  for (const [a, b] of logs) {
    xx += (a - x) ** 2;
    xy += (a - x) * (b - y);
    yy += (b - y) ** 2;
  }
  if (!(xx > 0)) {
    throw new RangeError(`an exponent needs two different sizes, ${points.length} points given.`);
  }
  const exponent = xy / xx;
  const left = Math.max(0, yy - exponent * xy);
  return {
    exponent,
    error: points.length > 2 ? Math.sqrt(left / (points.length - 2) / xx) : null,
    start: Math.exp(y + exponent * (Math.min(...logs.map(([a]) => a)) - x)),
    r2: yy > 0 ? xy * xy / (xx * yy) : 1,
  };
}

/**
 * Fits of every variant and pass over the rows of one sweep of `size`: over all sizes, and, where at least three lie
 * there, from `large` upwards, since a small problem is all launch.
 */
export function fitSweep(rows: readonly KernelRow[], size: string, large: number): Fit[] {
  const series = Map.groupBy(rows, ({ variant, pass }) => `${variant}\n${pass}`);
  return [...series.values()].flatMap((members) => {
    const points = members.map(({ sizes, ms_median }) => [sizes[size], ms_median] as const)
      .sort((a, b) => a[0] - b[0]);
    const upper = points.filter(([value]) => value >= large);
    return [points, ...(upper.length < points.length ? [upper] : [])]
      .filter((chosen) => chosen.length >= 3 && chosen[0][0] > 0)
      .map((chosen): Fit => ({
        kernel: members[0].kernel,
        variant: members[0].variant,
        pass: members[0].pass,
        size,
        from: chosen[0][0],
        to: chosen[chosen.length - 1][0],
        points: chosen.length,
        ...fitExponent(chosen),
      }));
  });
}
