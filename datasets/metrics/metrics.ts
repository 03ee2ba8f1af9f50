import { averageRanks, type Values } from "./order.ts";

export { averageRanks, type Values } from "./order.ts";

/**
 * Metrics of predictions against true values. Pure functions; sums are float64 whatever the arrays hold.
 *
 * p and t are the predicted and true values, N their number, p̄ and t̄ their means. "Pooled" takes all entries of a rows x
 * columns matrix as one list. field.md section 5: pooled correlation is dominated by what differs between rows, so say which
 * is shown.
 */

/** Mean squared error, Σ (p - t)² / N. NaN for no values. @throws {RangeError} when the lengths differ. */
export function meanSquaredError(predicted: Values, truth: Values): number {
  sameLength(predicted, truth);
  let sum = 0;
  for (let i = 0; i < truth.length; i++) sum += (predicted[i] - truth[i]) ** 2;
  return sum / truth.length;
}

/** Root mean squared error, sqrt(Σ (p - t)² / N). @throws {RangeError} when the lengths differ. */
export function rootMeanSquaredError(predicted: Values, truth: Values): number {
  return Math.sqrt(meanSquaredError(predicted, truth));
}

/** Mean absolute error, Σ |p - t| / N. @throws {RangeError} when the lengths differ. */
export function meanAbsoluteError(predicted: Values, truth: Values): number {
  sameLength(predicted, truth);
  let sum = 0;
  for (let i = 0; i < truth.length; i++) sum += Math.abs(predicted[i] - truth[i]);
  return sum / truth.length;
}

/**
 * Pearson correlation of all entries, Σ (p - p̄)(t - t̄) / sqrt(Σ (p - p̄)² Σ (t - t̄)²); 0 when either list is constant.
 *
 * @throws {RangeError} when the lengths differ.
 */
export function pearsonPooled(predicted: Values, truth: Values): number {
  sameLength(predicted, truth);
  const count = truth.length;
  let meanP = 0, meanT = 0, constantP = true, constantT = true;
  for (let i = 0; i < count; i++) {
    meanP += predicted[i];
    meanT += truth[i];
    if (predicted[i] !== predicted[0]) constantP = false;
    if (truth[i] !== truth[0]) constantT = false;
  }
  // Compared value by value: the rounded mean of a constant row may differ from it, and rounding noise has a correlation.
  if (constantP || constantT) return 0;
  meanP /= count;
  meanT /= count;
  let pp = 0, tt = 0, pt = 0;
  for (let i = 0; i < count; i++) {
    const dp = predicted[i] - meanP, dt = truth[i] - meanT;
    pp += dp * dp;
    tt += dt * dt;
    pt += dp * dt;
  }
  return pt / Math.sqrt(pp * tt);
}

/**
 * Spearman correlation of all entries: Pearson of the ranks, ties getting the mean of their ranks; 0 for a constant list.
 *
 * @throws {RangeError} when the lengths differ.
 */
export function spearman(predicted: Values, truth: Values): number {
  sameLength(predicted, truth);
  return pearsonPooled(averageRanks(predicted), averageRanks(truth));
}

function sameLength(predicted: Values, truth: Values): void {
  if (predicted.length !== truth.length) {
    throw new RangeError(
      `${predicted.length} predicted values, expected ${truth.length}, one per true value.`,
    );
  }
}
