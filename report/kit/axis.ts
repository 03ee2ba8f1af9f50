/** A linear axis that holds what it was made for. */
export interface Axis {
  readonly low: number;
  readonly high: number;
  readonly ticks: readonly number[];
}

/** An axis over all finite `values`, a little wider than they. */
export function axisOf(values: readonly number[]): Axis {
  const finite = values.filter(Number.isFinite);
  const [least, most] = [Math.min(...finite), Math.max(...finite)];
  const padding = 0.04 * (most - least) || 0.1 * Math.abs(most) || 1;
  const [low, high] = [least - padding, most + padding];
  const rough = (high - low) / 5, power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough * (1 - 1e-9))!;
  const first = Math.ceil(low / step), last = Math.floor(high / step);
  const ticks = Array.from(
    { length: last - first + 1 },
    (_, k) => Number(((first + k) * step).toPrecision(6)),
  );
  return { low, high, ticks };
}

/** Position along an axis as a CSS length; what lies beyond its ends is pinned there. */
export function place({ low, high }: Axis, value: number): string {
  const share = (value - low) / (high - low);
  return `${(100 * Math.min(1, Math.max(0, share))).toFixed(2)}%`;
}

/**
 * Those of `values` that lie not much farther from `centre` than most of `usual` do: an axis over them shows small leads, and
 * what is far off is pinned to its end.
 */
export function near(values: readonly number[], centre: number, usual = values): number[] {
  const distances = usual.map((value) => Math.abs(value - centre)).filter((distance) => distance > 0)
    .sort((a, b) => a - b);
  const cut = 3 * (distances[distances.length >> 1] ?? Infinity);
  return values.filter((value) => Math.abs(value - centre) <= cut);
}
