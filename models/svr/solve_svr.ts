import { RandomStream } from "../../datasets/random.ts";

/** How errors are weighed. */
export interface SvrPenalty {
  /** C: weight of the errors against the size of the weights. */
  readonly cost: number;
  /** Errors below it cost nothing. */
  readonly epsilon: number;
  /** Of the order of rows in each pass. */
  readonly seed: number;
}

/** Passes at most, and the largest change of a dual variable, over C, at which it ends. */
const mostPasses = 200, tolerance = 1e-3;

/**
 * Weights w that minimise |w|² / 2 + C sum max(0, |w x_i - y_i| - epsilon), by coordinate descent on the dual variables, each in
 * [-C, C] and solved exactly in its turn.
 *
 * Source: Ho and Lin, Journal of Machine Learning Research 13:3323, 2012, algorithm 4 (L1 loss).
 *
 * @param features rows x columns.
 */
export function solveSvr(
  features: Float64Array,
  targets: ArrayLike<number>,
  { cost, epsilon, seed }: SvrPenalty,
): Float64Array {
  const rows = targets.length, columns = features.length / rows;
  const weights = new Float64Array(columns), duals = new Float64Array(rows), squares = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < columns; k++) squares[row] += features[row * columns + k] ** 2;
  }
  for (let pass = 0; pass < mostPasses; pass++) {
    let largest = 0;
    for (const row of new RandomStream(seed, 0x57, pass).permutation(rows)) {
      const from = row * columns, dual = duals[row], square = squares[row];
      let error = -targets[row];
      for (let k = 0; k < columns; k++) error += weights[k] * features[from + k];
      // The minimum of square d² / 2 + error d + epsilon |dual + d| over d.
      const step = error + epsilon < square * dual
        ? -(error + epsilon) / square
        : error - epsilon > square * dual
        ? -(error - epsilon) / square
        : -dual;
      const next = Math.min(cost, Math.max(-cost, dual + step)), change = next - dual;
      if (change === 0) continue;
      duals[row] = next;
      for (let k = 0; k < columns; k++) weights[k] += change * features[from + k];
      largest = Math.max(largest, Math.abs(change));
    }
    if (largest < tolerance * cost) break;
  }
  return weights;
}
