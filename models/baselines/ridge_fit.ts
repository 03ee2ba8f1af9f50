import type { Matrix } from "../../datasets/dataset.ts";
import { chunksOf } from "./closed_form.ts";
import { CompactBits } from "./compact_bits.ts";
import { addProducts, products, transposed } from "./dense_algebra.ts";
import { solveRidge } from "./ridge_solver.ts";
import type { RowFeatures } from "./row_features.ts";

/** Weights of a fitted ridge regression: prediction = bias + features times weights. */
export interface RidgeWeights {
  readonly penalty: number;
  /** [outputs]: what a row without any feature gets. */
  readonly bias: Float64Array;
  /** [bits, outputs] */
  readonly bits: Float32Array<ArrayBuffer>;
  /** One [outputs] a training cell line, by its place in the data. */
  readonly cells: ReadonlyMap<number, Float64Array>;
  /** [dense columns, outputs] */
  readonly dense: Float64Array;
  /** [dense columns]: means in training, which stand for what is unknown. */
  readonly denseMeans: Float64Array;
}

/**
 * Ridge regression W = (XᵀX + λ I)⁻¹ XᵀY with X and Y centred on the training rows, in the primal form where there are fewer
 * columns than training rows, else in the dual one, XᵀX being XXᵀ. The penalty is the one with the least error on the validation
 * rows; training rows alone are fitted. Source: reference-runs.md 2.1; field.md section 4, L1.
 */
export function fitRidge(
  features: RowFeatures,
  truth: Matrix,
  { train, validation }: { readonly train: Uint32Array; readonly validation: Uint32Array },
  penalties: readonly number[],
): RidgeWeights {
  const table = new CentredFeatures(features, train);
  const outputs = truth.columns;
  const targetMean = columnMeans(train, outputs, (rows) => truth.take(rows));
  const targets = (rows: Uint32Array) => centred(truth.take(rows), targetMean);
  const validationTruth = targets(validation);
  const validationRows = table.rows(validation);

  if (table.columns < train.length) {
    const matrix = new Float64Array(table.columns ** 2);
    const right = new Float64Array(outputs * table.columns);
    for (const rows of chunksOf(train)) {
      const columns = transposed(table.rows(rows), table.columns);
      addProducts(matrix, columns, columns, rows.length, { lower: true });
      addProducts(right, transposed(targets(rows), outputs), columns, rows.length);
    }
    const system = { size: table.columns, matrix, right, validation: validationRows };
    const { penalty, weights } = solveRidge(system, validationTruth, penalties);
    return table.weights(penalty, transposed(weights, table.columns), targetMean);
  }
  const x = table.rows(train);
  const matrix = new Float64Array(train.length ** 2);
  addProducts(matrix, x, x, table.columns, { lower: true });
  const system = {
    size: train.length,
    matrix,
    right: transposed(targets(train), outputs),
    validation: products(validationRows, x, table.columns),
  };
  const { penalty, weights } = solveRidge(system, validationTruth, penalties);
  return table.weights(penalty, products(transposed(x, table.columns), weights, train.length), targetMean);
}

/** Compact features, their means over the training rows taken off. */
class CentredFeatures {
  readonly columns: number;
  readonly #bits: CompactBits;
  readonly #means: Float64Array;
  readonly #denseMeans: Float64Array;

  constructor(readonly features: RowFeatures, train: Uint32Array) {
    this.#bits = new CompactBits(features, train);
    this.columns = this.#bits.columns + features.denseColumns;
    this.#denseMeans = columnMeans(train, features.denseColumns, (rows) => features.dense(rows));
    this.#means = new Float64Array(this.columns);
    this.#means.set(this.#denseMeans, this.#bits.columns);
    for (const row of train) {
      for (const { column, value } of this.#entries(row)) this.#means[column] += value / train.length;
    }
  }

  #entries(row: number) {
    const { drug, cell } = this.features.data;
    return this.#bits.entries(drug.of[row], cell.of[row]);
  }

  /** rows x columns: sparse columns first. */
  rows(rows: Uint32Array): Float64Array {
    const { columns } = this, sparse = this.#bits.columns;
    const { denseColumns } = this.features;
    const dense = this.features.dense(rows);
    const values = new Float64Array(rows.length * columns);
    rows.forEach((row, k) => {
      const own = values.subarray(k * columns, (k + 1) * columns);
      own.set(dense.subarray(k * denseColumns, (k + 1) * denseColumns), sparse);
      for (const { column, value } of this.#entries(row)) own[column] = value;
      for (let column = 0; column < columns; column++) {
        own[column] = Number.isNaN(own[column]) ? 0 : own[column] - this.#means[column];
      }
    });
    return values;
  }

  /** @param weights columns x outputs. */
  weights(penalty: number, weights: Float64Array, targetMean: Float64Array): RidgeWeights {
    const outputs = targetMean.length, sparse = this.#bits.columns;
    const bias = targetMean.slice();
    for (let column = 0; column < this.columns; column++) {
      for (let o = 0; o < outputs; o++) bias[o] -= this.#means[column] * weights[column * outputs + o];
    }
    return {
      penalty,
      bias,
      ...this.#bits.expand(weights.subarray(0, sparse * outputs)),
      dense: weights.slice(sparse * outputs),
      denseMeans: this.#denseMeans,
    };
  }
}

/** Means over rows of what is known; 0 where nothing is. */
function columnMeans(
  rows: Uint32Array,
  columns: number,
  take: (rows: Uint32Array) => ArrayLike<number>,
): Float64Array {
  const sums = new Float64Array(columns), counts = new Float64Array(columns);
  for (const chunk of chunksOf(rows)) {
    const values = take(chunk);
    for (let at = 0, column = 0; at < values.length; at++, column = column + 1 === columns ? 0 : column + 1) {
      const value = values[at];
      if (value !== value) continue;
      sums[column] += value;
      counts[column]++;
    }
  }
  return sums.map((sum, column) => sum / Math.max(1, counts[column]));
}

function centred(values: ArrayLike<number>, means: Float64Array): Float64Array {
  const result = new Float64Array(values.length);
  for (let from = 0; from < values.length; from += means.length) {
    for (let k = 0; k < means.length; k++) result[from + k] = values[from + k] - means[k];
  }
  return result;
}
