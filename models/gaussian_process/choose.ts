import { RandomStream } from "../../datasets/random.ts";
import { Cholesky, products, transposed } from "../baselines/dense_algebra.ts";
import { type DrugKernel, mixed } from "./kernels.ts";
import { type FittedProcess, Process, subtractFit } from "./leave_drugs_out.ts";
import type { RowKernel } from "./row_kernel.ts";

/** What was chosen. */
export interface Choice {
  /** Of the kernels over drugs; they add up to 1. */
  readonly weights: readonly number[];
  /** Covariance beyond its kernel among rows of one drug. */
  readonly sameDrug: number;
  /** Variance of a row by itself. */
  readonly noise: number;
  /** By which the process' part of a prediction is multiplied, 0 to 1. */
  readonly shrinkage: number;
  /** Whether effects grow with the dose as d / (d + 1 µM). */
  readonly activity: boolean;
}

/** Candidates are judged on so many random combinations of the outputs, whose squared errors are those of all in expectation. */
const judged = 48;

/**
 * The process whose errors on drugs that are left out are least, fitted to all training rows (multikernel.md, recipe 6 and 7).
 *
 * @param truth training rows x outputs.
 */
export function chooseProcess(
  rows: RowKernel,
  kernels: readonly DrugKernel[],
  truth: Float64Array,
  outputs: number,
): FittedProcess & { readonly base: Float64Array; readonly choice: Choice } {
  const n = rows.train.length, design = rows.design(rows.train);
  const base = leastSquares(design, truth, n, outputs);
  const residual = subtractFit(truth, design, base, n);
  const { values, count } = combined(residual, outputs);
  const none = new Process(new Float64Array(n * n), 1, design, n).leaveOut(values, count, rows.groups);
  const single = rows.groups.every(({ length }) => length === 1);
  let best: Choice | undefined, least = Infinity;
  for (const weights of simplex(kernels.length)) {
    const drug = mixed(kernels, weights);
    for (const activity of rows.hasDoses ? [false, true] : [false]) {
      for (const sameDrug of single ? [0] : [0.3, 1, 3]) {
        const matrix = rows.matrix(drug, sameDrug, activity);
        for (const noise of single ? [0.5, 1, 3, 10, 30, 100] : [1, 3, 10, 30]) {
          const errors = new Process(matrix, noise, design, n).leaveOut(values, count, rows.groups);
          const { shrinkage, error } = shrunk(none, errors);
          if (!(error < least)) continue;
          least = error;
          best = { weights, sameDrug, noise, shrinkage, activity };
        }
      }
    }
  }
  const { weights, sameDrug, noise, activity } = best!;
  const matrix = rows.matrix(mixed(kernels, weights), sameDrug, activity);
  return { ...new Process(matrix, noise, design, n).apply(residual, outputs), base, choice: best! };
}

/** s = <e0, h> / <h, h> in [0, 1] with h = e0 - e, and |e0 - s h|². */
function shrunk(none: Float64Array, errors: Float64Array): { shrinkage: number; error: number } {
  let cross = 0, squares = 0, before = 0;
  none.forEach((e0, at) => {
    const h = e0 - errors[at];
    cross += e0 * h;
    squares += h * h;
    before += e0 * e0;
  });
  const shrinkage = squares > 0 ? Math.min(1, Math.max(0, cross / squares)) : 0;
  return { shrinkage, error: before - 2 * shrinkage * cross + shrinkage ** 2 * squares };
}

/** Corners, middles of the sides, and the middle. */
function simplex(kernels: number): number[][] {
  return Array.from({ length: 2 ** kernels - 1 }, (_, k) => {
    const chosen = Array.from({ length: kernels }, (_, at) => (k + 1) >> at & 1);
    const count = chosen.reduce((sum, one) => sum + one, 0);
    return chosen.map((one) => one / count);
  });
}

function combined(values: Float64Array, outputs: number): { values: Float64Array; count: number } {
  if (outputs <= judged) return { values, count: outputs };
  const random = new RandomStream(0, 0x6b);
  const mix = Float64Array.from({ length: judged * outputs }, () => random.normal() / Math.sqrt(judged));
  return { values: products(values, mix, outputs), count: judged };
}

/** Columns x outputs. */
function leastSquares(
  design: Float64Array,
  truth: Float64Array,
  rows: number,
  outputs: number,
): Float64Array {
  const columns = design.length / rows, x = transposed(design, columns);
  const normal = products(x, x, rows);
  const scale = normal.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  const cross = products(transposed(truth, outputs), x, rows);
  return transposed(new Cholesky(normal, columns, 1e-10 * scale).solveRows(cross), columns);
}
