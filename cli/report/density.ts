import type { Density } from "./report_data.ts";

const bins = 48;

/**
 * Counts pairs of true and predicted values on a square grid over the middle 99 % of the truth, so that a few outliers
 * do not press everything else into a corner.
 */
export function densityOf(predicted: Float32Array, truth: Float32Array): Density {
  const sorted = truth.toSorted();
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))];
  const [low, high] = padded(at(0.005), at(0.995));
  const counts = new Array<number>(bins * bins).fill(0);
  let outside = 0;
  const place = (value: number) => Math.floor(bins * (value - low) / (high - low));
  truth.forEach((value, i) => {
    const column = place(value), row = place(predicted[i]);
    if (column < 0 || column >= bins || row < 0 || row >= bins) outside++;
    else counts[row * bins + column]++;
  });
  const spread = standardDeviation(truth);
  const spreadRatio = spread > 0 ? standardDeviation(predicted) / spread : 0;
  return { range: [low, high], bins, counts, outside, spreadRatio };
}

function padded(low: number, high: number): [number, number] {
  const padding = 0.03 * (high - low) || 1;
  return [low - padding, high + padding];
}

function standardDeviation(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  const mean = sum / values.length;
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  return Math.sqrt(squares / values.length);
}
