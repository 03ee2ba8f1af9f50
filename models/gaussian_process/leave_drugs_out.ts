import { Cholesky, products, transposed } from "../baselines/dense_algebra.ts";

/** A fitted residual process: what predictions are made of. */
export interface FittedProcess {
  /** P R, rows x outputs. */
  readonly duals: Float64Array;
  /** Generalised least squares on the residual, columns x outputs. */
  readonly linear: Float64Array;
}

/** A symmetric positive definite covariance with the regression columns X in it. */
export class Process {
  readonly #covariance: Cholesky;
  /** Sigma^-1 X, rows x columns, and (X' Sigma^-1 X)^-1 as its factor. */
  readonly #solvedX: Float64Array;
  readonly #normal: Cholesky;

  /** @throws {RangeError} when Sigma = `kernel` + `noise` I is not positive definite. */
  constructor(kernel: Float64Array, noise: number, readonly design: Float64Array, readonly rows: number) {
    const columns = design.length / rows;
    this.#covariance = new Cholesky(kernel, rows, noise);
    // The solver takes rows; a column of X is a row of its transpose.
    this.#solvedX = transposed(this.#covariance.solveRows(transposed(design, columns)), rows);
    const normal = products(transposed(design, columns), transposed(this.#solvedX, columns), rows);
    const scale = normal.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
    this.#normal = new Cholesky(normal, columns, 1e-10 * scale);
  }

  /** P B = Sigma^-1 (B - X beta) for columns B, rows x count, with beta by generalised least squares. */
  apply(values: Float64Array, count: number): FittedProcess {
    const { rows, design } = this, columns = design.length / rows;
    const cross = products(transposed(values, count), transposed(this.#solvedX, columns), rows);
    const linear = transposed(this.#normal.solveRows(cross), columns);
    const rest = subtractFit(values, design, linear, rows);
    const duals = transposed(this.#covariance.solveRows(transposed(rest, count)), rows);
    return { duals, linear };
  }

  /**
   * Residuals of each row when all rows of its drug are left out, in closed form: e_B = P_BB^-1 (P R)_B (multikernel.md, recipe 6).
   *
   * @param groups rows of each drug.
   */
  leaveOut(values: Float64Array, count: number, groups: readonly (readonly number[])[]): Float64Array {
    const { rows } = this;
    const { duals } = this.apply(values, count);
    const unit = new Float64Array(rows * rows);
    for (let row = 0; row < rows; row++) unit[row * rows + row] = 1;
    const { duals: p } = this.apply(unit, rows);
    const errors = new Float64Array(rows * count);
    for (const group of groups) {
      const size = group.length;
      const block = new Float64Array(size * size), own = new Float64Array(count * size);
      group.forEach((row, a) => {
        group.forEach((other, b) => block[a * size + b] = p[row * rows + other]);
        for (let k = 0; k < count; k++) own[k * size + a] = duals[row * count + k];
      });
      const scale = block.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
      const solved = new Cholesky(block, size, 1e-10 * scale).solveRows(own);
      group.forEach((row, a) => {
        for (let k = 0; k < count; k++) errors[row * count + k] = solved[k * size + a];
      });
    }
    return errors;
  }
}

/** B - X C for B rows x count, X rows x columns (mostly zeros), C columns x count. */
export function subtractFit(
  values: Float64Array,
  design: Float64Array,
  coefficients: Float64Array,
  rows: number,
): Float64Array {
  const columns = design.length / rows, count = values.length / rows, rest = values.slice();
  for (let row = 0; row < rows; row++) {
    for (let c = 0; c < columns; c++) {
      const x = design[row * columns + c];
      if (x === 0) continue;
      for (let k = 0; k < count; k++) rest[row * count + k] -= x * coefficients[c * count + k];
    }
  }
  return rest;
}
