import { meanSquaredError } from "../metrics/metrics.ts";
import type { Split } from "../types.ts";

/** A row-major matrix, one row a sample. */
export interface FeatureMatrix {
  /** Numbers a sample. */
  readonly columns: number;
  /** samples x columns. */
  readonly values: Float32Array;
}

/** What the ridge fit gave. */
export interface RidgeFit {
  /** Test rows x target columns. */
  readonly prediction: Float32Array<ArrayBuffer>;
  /** The penalty that did best on the validation rows. */
  readonly penalty: number;
}

/** Penalties of reference-runs.md 2.1. */
export const ridgePenalties: readonly number[] = [10, 100, 1e3, 1e4, 1e5];

/**
 * Ridge regression in its dual form: with X and Y centred on the training rows, Y* = ȳ + X* Xᵀ (X Xᵀ + λ I)⁻¹ Y.
 *
 * λ is the penalty with the least mean squared error on the validation rows; training rows alone are fitted. Features are
 * numbers, whatever they stand for: the reference uses [Morgan bits, 3 log10 dose, time / 8, 5 x cell one-hot].
 * Cost: n³ / 6 multiplications a penalty for n training rows, in float64.
 * Source: reference-runs.md 2.1; field.md section 4, L1.
 */
export function ridgeBaseline(
  features: FeatureMatrix,
  targets: FeatureMatrix,
  split: Split,
  penalties: readonly number[] = ridgePenalties,
): RidgeFit {
  const { train, validation, test } = split;
  const n = train.length;
  const x = centred(features, train), y = centred(targets, train);
  const kernel = products(x.rows(train), x.rows(train), n, n, features.columns);
  const yTrain = y.rows(train);
  const truth = rowsOf(targets, validation);
  const toValidation = products(x.rows(validation), x.rows(train), validation.length, n, features.columns);
  let best: { error: number; penalty: number; weights: Float64Array } | undefined;
  for (const penalty of penalties) {
    const weights = solve(kernel, yTrain, n, targets.columns, penalty);
    const error = meanSquaredError(apply(toValidation, weights, n, targets.columns, y.mean), truth);
    if (!best || error < best.error) best = { error, penalty, weights };
  }
  const { penalty, weights } = best!;
  const toTest = products(x.rows(test), x.rows(train), test.length, n, features.columns);
  return { prediction: apply(toTest, weights, n, targets.columns, y.mean), penalty };
}

function rowsOf(matrix: FeatureMatrix, rows: Uint32Array): Float64Array {
  const { columns, values } = matrix;
  const taken = new Float64Array(rows.length * columns);
  rows.forEach((row, place) =>
    taken.set(values.subarray(row * columns, (row + 1) * columns), place * columns)
  );
  return taken;
}

function centred(matrix: FeatureMatrix, train: Uint32Array) {
  const { columns } = matrix;
  const mean = new Float64Array(columns);
  rowsOf(matrix, train).forEach((value, i) => mean[i % columns] += value / train.length);
  return {
    mean,
    rows: (rows: Uint32Array) => rowsOf(matrix, rows).map((value, i) => value - mean[i % columns]),
  };
}

/** A Bᵀ of two row-major matrices. */
function products(
  a: Float64Array,
  b: Float64Array,
  rowsA: number,
  rowsB: number,
  columns: number,
): Float64Array {
  const result = new Float64Array(rowsA * rowsB);
  for (let i = 0; i < rowsA; i++) {
    for (let j = 0; j < rowsB; j++) {
      let sum = 0;
      for (let k = 0; k < columns; k++) sum += a[i * columns + k] * b[j * columns + k];
      result[i * rowsB + j] = sum;
    }
  }
  return result;
}

/** (K + λ I)⁻¹ Y by Cholesky. */
function solve(
  kernel: Float64Array,
  y: Float64Array,
  n: number,
  columns: number,
  penalty: number,
): Float64Array {
  const l = kernel.slice();
  for (let i = 0; i < n; i++) l[i * n + i] += penalty;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = l[i * n + j];
      for (let k = 0; k < j; k++) sum -= l[i * n + k] * l[j * n + k];
      l[i * n + j] = i === j ? Math.sqrt(sum) : sum / l[j * n + j];
    }
  }
  const solution = y.slice();
  const eliminate = (i: number, k: number, factor: number) => {
    for (let c = 0; c < columns; c++) solution[i * columns + c] -= factor * solution[k * columns + c];
  };
  const divide = (i: number) => {
    for (let c = 0; c < columns; c++) solution[i * columns + c] /= l[i * n + i];
  };
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) eliminate(i, k, l[i * n + k]);
    divide(i);
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) eliminate(i, k, l[k * n + i]);
    divide(i);
  }
  return solution;
}

function apply(kernel: Float64Array, weights: Float64Array, n: number, columns: number, mean: Float64Array) {
  const rows = kernel.length / n;
  const prediction = new Float32Array(rows * columns);
  const sums = new Float64Array(columns);
  for (let row = 0; row < rows; row++) {
    sums.set(mean);
    for (let k = 0; k < n; k++) {
      const factor = kernel[row * n + k];
      for (let c = 0; c < columns; c++) sums[c] += factor * weights[k * columns + c];
    }
    prediction.set(sums, row * columns);
  }
  return prediction;
}
