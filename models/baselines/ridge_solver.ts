import { Cholesky, products } from "./dense_algebra.ts";

/** Normal equations of a ridge regression, in whichever form is smaller. */
export interface RidgeSystem {
  /** Rows and columns of `matrix`. */
  readonly size: number;
  /** Primal XᵀX, or dual XXᵀ, of centred features; read on and below the diagonal. */
  readonly matrix: Float64Array;
  /** outputs x size: (XᵀY)ᵀ, or Yᵀ, of centred targets. */
  readonly right: Float64Array;
  /** validation rows x size: their centred features, or the inner products of these with the training rows. */
  readonly validation: Float64Array;
}

/** What was chosen, and its solution. */
export interface RidgeSolution {
  readonly penalty: number;
  /** outputs x size: `right` times the inverse of `matrix` + penalty. */
  readonly weights: Float64Array;
}

/**
 * Solves with the penalty whose predictions of the validation rows have the least squared error; without validation rows with
 * the middle one.
 *
 * The validation rows are fewer than the outputs, so it is they that go through each penalty's inverse: V A⁻¹ (XᵀY); only the
 * chosen one is applied to all outputs.
 *
 * @param truth validation rows x outputs, centred as the targets.
 */
export function solveRidge(
  { size, matrix, right, validation }: RidgeSystem,
  truth: Float64Array,
  penalties: readonly number[],
): RidgeSolution {
  const sorted = penalties.toSorted((a, b) => a - b);
  let best = { error: Infinity, penalty: sorted[sorted.length >> 1] };
  if (truth.length > 0 && sorted.length > 1) {
    for (const penalty of penalties) {
      const predicted = products(new Cholesky(matrix, size, penalty).solveRows(validation), right, size);
      let error = 0;
      for (let at = 0; at < truth.length; at++) error += (predicted[at] - truth[at]) ** 2;
      if (error < best.error) best = { error, penalty };
    }
  }
  const { penalty } = best;
  return { penalty, weights: new Cholesky(matrix, size, penalty).solveRows(right) };
}
