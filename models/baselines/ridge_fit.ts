import type { Matrix } from "../../datasets/dataset.ts";
import { CentredFeatures, columnMeans } from "./centred_features.ts";
import { chunksOf } from "./closed_form.ts";
import { addProducts, products, transposed } from "./dense_algebra.ts";
import { normalEquations } from "./normal_equations.ts";
import { solveRidge, type ValidationRows } from "./ridge_solver.ts";
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
 * columns than training rows, else in the dual one, W = Xᵀ (XXᵀ + λ I)⁻¹ Y. The penalty is the one with the least error on the
 * validation rows; training rows alone are fitted. Source: reference-runs.md 2.1; field.md section 4, L1.
 */
export function fitRidge(
  features: RowFeatures,
  truth: Matrix,
  { train, validation }: { readonly train: Uint32Array; readonly validation: Uint32Array },
  penalties: readonly number[],
): RidgeWeights {
  const table = new CentredFeatures(features, train);
  const { columns } = table;
  const outputs = truth.columns;
  const targetMean = columnMeans(train, outputs, (rows) => truth.take(rows));
  const targets = (rows: Uint32Array) => centred(truth.take(rows), targetMean);
  const validationRows = (see: (features: Float64Array) => Float64Array) =>
    function* (): Generator<ValidationRows> {
      for (const rows of chunksOf(validation)) {
        yield { features: see(table.rows(rows)), truth: targets(rows) };
      }
    };

  if (columns < train.length) {
    const system = { size: columns, ...normalEquations(table, targets, outputs, train) };
    const { penalty, weights } = solveRidge(system, validationRows((own) => own), penalties);
    return expanded(table, penalty, transposed(weights, columns), targetMean);
  }
  const x = table.rows(train);
  const matrix = new Float64Array(train.length ** 2);
  addProducts(matrix, x, x, columns, { lower: true });
  const system = { size: train.length, matrix, right: transposed(targets(train), outputs) };
  const { penalty, weights } = solveRidge(
    system,
    validationRows((own) => products(own, x, columns)),
    penalties,
  );
  return expanded(table, penalty, products(transposed(x, columns), weights, train.length), targetMean);
}

/** @param weights columns x outputs. */
function expanded(
  table: CentredFeatures,
  penalty: number,
  weights: Float64Array,
  targetMean: Float64Array,
): RidgeWeights {
  const { columns, sparseColumns: sparse, means } = table;
  const outputs = targetMean.length;
  const bias = targetMean.slice();
  for (let column = 0; column < columns; column++) {
    for (let o = 0; o < outputs; o++) bias[o] -= means[column] * weights[column * outputs + o];
  }
  return {
    penalty,
    bias,
    ...table.expand(weights.subarray(0, sparse * outputs), outputs),
    dense: weights.slice(sparse * outputs),
    denseMeans: means.slice(sparse),
  };
}

function centred(values: ArrayLike<number>, means: Float64Array): Float64Array {
  const result = new Float64Array(values.length);
  for (let from = 0; from < values.length; from += means.length) {
    for (let k = 0; k < means.length; k++) result[from + k] = values[from + k] - means[k];
  }
  return result;
}
