import { chunksOf } from "../baselines/closed_form.ts";
import type { RowFeatures } from "../baselines/row_features.ts";

/**
 * What the kernel measures distances in: Morgan bits, and the other columns in units of their deviation, each of the two parts scaled
 * so that two training rows are a squared distance of 1 apart on average. Else 978 genes would drown fifty bits.
 */
export class SvrInputs {
  /** Mean of each column, the bits behind the others. */
  readonly means: Float64Array;
  /** By which each is multiplied. */
  readonly factors: Float64Array;

  private constructor(readonly features: RowFeatures, means: ArrayLike<number>, factors: ArrayLike<number>) {
    this.means = Float64Array.from(means, Math.fround);
    this.factors = Float64Array.from(factors, Math.fround);
  }

  /** From stored ones. */
  static of(features: RowFeatures, means: ArrayLike<number>, factors: ArrayLike<number>): SvrInputs {
    return new SvrInputs(features, means, factors);
  }

  /** Looks at the training rows. */
  static fit(features: RowFeatures, train: Uint32Array): SvrInputs {
    const columns = features.denseColumns + features.bits;
    const sums = new Float64Array(columns),
      squares = new Float64Array(columns),
      known = new Float64Array(columns);
    const raw = new SvrInputs(features, new Float64Array(columns), new Float64Array(columns).fill(1));
    for (const chunk of chunksOf(train)) {
      raw.rows(chunk, true).forEach((value, at) => {
        if (Number.isNaN(value)) return;
        sums[at % columns] += value;
        squares[at % columns] += value * value;
        known[at % columns]++;
      });
    }
    const means = sums.map((sum, k) => sum / Math.max(1, known[k]));
    const variances = squares.map((square, k) => Math.max(0, square / Math.max(1, known[k]) - means[k] ** 2));
    const dense = features.denseColumns;
    const isConstant = (k: number) => variances[k] < 1e-12;
    const varying = variances.subarray(0, dense).reduce((count, _, k) => count + (isConstant(k) ? 0 : 1), 0);
    const bits = variances.subarray(dense).reduce((sum, value) => sum + value, 0);
    // The mean squared distance of two rows is twice the sum of the variances.
    const factors = variances.map((variance, k) =>
      k >= dense
        ? bits > 0 ? 1 / Math.sqrt(2 * bits) : 0
        : isConstant(k)
        ? 0
        : 1 / Math.sqrt(2 * varying * variance)
    );
    return new SvrInputs(features, means, factors);
  }

  /** Scaled columns of rows; what is unknown is at its mean, unless it is to be `kept` as NaN. */
  rows(rows: Uint32Array, kept = false): Float64Array {
    const { features, means, factors } = this;
    const dense = features.denseColumns, columns = means.length;
    const values = new Float64Array(rows.length * columns);
    const own = features.dense(rows);
    rows.forEach((row, at) => {
      values.set(own.subarray(at * dense, (at + 1) * dense), at * columns);
      for (const bit of features.onBits[features.data.drug.of[row]]) values[at * columns + dense + bit] = 1;
    });
    return values.map((value, at) => {
      const scaled = (value - means[at % columns]) * factors[at % columns];
      return Number.isNaN(scaled) && !kept ? 0 : scaled;
    });
  }
}
