import type { Density } from "./types.ts";

const bins = 48;

/**
 * Counts pairs of true and predicted values on a square grid over the middle 99 % of the truth, so that a few outliers do not
 * press everything else into a corner; spread and fitted line are over all of them.
 */
export function densityOf(predicted: Float32Array, truth: Float32Array): Density {
  const sorted = truth.toSorted();
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))];
  const [low, high] = padded(at(0.005), at(0.995));
  const counts = new Array<number>(bins * bins).fill(0);
  const place = (value: number) => Math.floor(bins * (value - low) / (high - low));
  let outside = 0, meanP = 0, meanT = 0;
  for (let i = 0; i < truth.length; i++) {
    const column = place(truth[i]), row = place(predicted[i]);
    if (column < 0 || column >= bins || row < 0 || row >= bins) outside++;
    else counts[row * bins + column]++;
    meanP += predicted[i] / truth.length;
    meanT += truth[i] / truth.length;
  }
  let pp = 0, tt = 0, pt = 0;
  for (let i = 0; i < truth.length; i++) {
    const p = predicted[i] - meanP, t = truth[i] - meanT;
    pp += p * p;
    tt += t * t;
    pt += p * t;
  }
  const slope = tt > 0 ? pt / tt : 0;
  return {
    range: [low, high],
    bins,
    counts,
    outside,
    spreadRatio: tt > 0 ? Math.sqrt(pp / tt) : 0,
    slope,
    intercept: meanP - slope * meanT,
  };
}

function padded(low: number, high: number): [number, number] {
  const padding = 0.03 * (high - low) || 1;
  return [low - padding, high + padding];
}
