import { Cholesky, products } from "./dense_algebra.ts";

/** Normal equations of a ridge regression, in whichever form is smaller. */
export interface RidgeSystem {
  /** Rows and columns of `matrix`. */
  readonly size: number;
  /** Primal XᵀX, or dual XXᵀ, of centred features; read on and below the diagonal. */
  readonly matrix: Float64Array;
  /** outputs x size: (XᵀY)ᵀ, or Yᵀ, of centred targets. */
  readonly right: Float64Array;
}

/** Some validation rows as the system sees them. */
export interface ValidationRows {
  /** rows x size: their centred features, or the inner products of these with the training rows. */
  readonly features: Float64Array;
  /** rows x outputs, centred as the training targets. */
  readonly truth: Float64Array;
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
 * @param validation gives the validation rows, a few hundred at a time, once a penalty.
 */
export function solveRidge(
  { size, matrix, right }: RidgeSystem,
  validation: () => Iterable<ValidationRows>,
  penalties: readonly number[],
): RidgeSolution {
  const sorted = penalties.toSorted((a, b) => a - b);
  let penalty = sorted[sorted.length >> 1];
  let least = Infinity;
  for (const candidate of sorted.length > 1 ? penalties : []) {
    const error = squaredError(new Cholesky(matrix, size, candidate), right, validation());
    // Undefined without validation rows.
    if (error !== undefined && error < least) [penalty, least] = [candidate, error];
  }
  return { penalty, weights: new Cholesky(matrix, size, penalty).solveRows(right) };
}

/**
 * Of V A⁻¹ R. A few validation rows go through the inverse themselves, since they are fewer than the outputs; as soon as they
 * are more, the outputs do, once.
 */
function squaredError(
  inverse: Cholesky,
  right: Float64Array,
  validation: Iterable<ValidationRows>,
): number | undefined {
  const { size } = inverse;
  let error: number | undefined, weights: Float64Array | undefined;
  let rows = 0;
  for (const { features, truth } of validation) {
    rows += features.length / size;
    if (rows > right.length / size) weights ??= inverse.solveRows(right);
    const predicted = weights
      ? products(features, weights, size)
      : products(inverse.solveRows(features), right, size);
    error ??= 0;
    for (let at = 0; at < truth.length; at++) error += (predicted[at] - truth[at]) ** 2;
  }
  return error;
}
