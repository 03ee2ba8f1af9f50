import { averageRanks, type Values } from "./order.ts";

export { averageRanks, type Values } from "./order.ts";

/**
 * Metrics of predictions against true values. Pure functions; sums are float64 whatever the arrays hold.
 *
 * p and t are the predicted and true values, N their number, p̄ and t̄ their means. "Pooled" takes all entries of a rows x
 * columns matrix as one list; "per row" takes one profile at a time. field.md section 5: pooled correlation is dominated by
 * what differs between rows, so say which is shown.
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
  return pearsonRange(predicted, truth, 0, truth.length, 1);
}

/**
 * Pearson correlation within each row of a rows x columns matrix; 0 for a constant row.
 *
 * @throws {RangeError} when the lengths differ or are no multiple of `columns`.
 */
export function pearsonPerRow(predicted: Values, truth: Values, columns: number): Float64Array<ArrayBuffer> {
  const rows = rowCount(predicted, truth, columns);
  return Float64Array.from(
    { length: rows },
    (_, row) => pearsonRange(predicted, truth, row * columns, columns, 1),
  );
}

/**
 * Pearson correlation within each column (gene) of a rows x columns matrix; 0 for a constant column.
 *
 * @throws {RangeError} when the lengths differ or are no multiple of `columns`.
 */
export function pearsonPerColumn(
  predicted: Values,
  truth: Values,
  columns: number,
): Float64Array<ArrayBuffer> {
  const rows = rowCount(predicted, truth, columns);
  return Float64Array.from(
    { length: columns },
    (_, column) => pearsonRange(predicted, truth, column, rows, columns),
  );
}

/** Mean over rows of the Pearson correlation within the row, a constant row counting as 0. */
export function meanPearsonPerRow(predicted: Values, truth: Values, columns: number): number {
  const perRow = pearsonPerRow(predicted, truth, columns);
  return perRow.reduce((sum, r) => sum + r, 0) / perRow.length;
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

/** Mean over rows of the Spearman correlation within the row, a constant row counting as 0. */
export function meanSpearmanPerRow(predicted: Values, truth: Values, columns: number): number {
  const rows = rowCount(predicted, truth, columns);
  let sum = 0;
  for (let row = 0; row < rows; row++) {
    const from = row * columns;
    sum += spearman(predicted.slice(from, from + columns), truth.slice(from, from + columns));
  }
  return sum / rows;
}

function pearsonRange(p: Values, t: Values, from: number, count: number, stride: number): number {
  let meanP = 0, meanT = 0, constantP = true, constantT = true;
  for (let k = 0, i = from; k < count; k++, i += stride) {
    meanP += p[i];
    meanT += t[i];
    if (p[i] !== p[from]) constantP = false;
    if (t[i] !== t[from]) constantT = false;
  }
  // Compared value by value: the rounded mean of a constant row may differ from it, and rounding noise has a correlation.
  if (constantP || constantT) return 0;
  meanP /= count;
  meanT /= count;
  let pp = 0, tt = 0, pt = 0;
  for (let k = 0, i = from; k < count; k++, i += stride) {
    const dp = p[i] - meanP, dt = t[i] - meanT;
    pp += dp * dp;
    tt += dt * dt;
    pt += dp * dt;
  }
  return pt / Math.sqrt(pp * tt);
}

function sameLength(predicted: Values, truth: Values): void {
  if (predicted.length !== truth.length) {
    throw new RangeError(
      `${predicted.length} predicted values, expected ${truth.length}, one per true value.`,
    );
  }
}

function rowCount(predicted: Values, truth: Values, columns: number): number {
  sameLength(predicted, truth);
  const rows = truth.length / columns;
  if (!Number.isInteger(rows)) {
    throw new RangeError(`${truth.length} values are no whole number of rows of ${columns} columns.`);
  }
  return rows;
}
