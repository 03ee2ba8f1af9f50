import { chunksOf } from "./closed_form.ts";
import { CompactBits, type SparseEntry } from "./compact_bits.ts";
import type { RowFeatures } from "./row_features.ts";

/**
 * Compact features of rows, the sparse columns first, each taken off its mean over the training rows. What is unknown is at its
 * mean: 0.
 */
export class CentredFeatures {
  /** Sparse and dense ones. */
  readonly columns: number;
  readonly #bits: CompactBits;
  readonly #means: Float64Array;

  /** Looks at the training rows for means and columns. */
  constructor(readonly features: RowFeatures, train: Uint32Array) {
    this.#bits = new CompactBits(features, train);
    this.columns = this.#bits.columns + features.denseColumns;
    this.#means = new Float64Array(this.columns);
    this.#means.set(
      columnMeans(train, features.denseColumns, (rows) => features.dense(rows)),
      this.sparseColumns,
    );
    for (const row of train) {
      for (const { column, value } of this.entries(row)) this.#means[column] += value / train.length;
    }
  }

  /** Groups of bits, and cell lines. */
  get sparseColumns(): number {
    return this.#bits.columns;
  }

  /** Mean of each column over the training rows. */
  get means(): Float64Array {
    return this.#means;
  }

  /** Sparse columns of a row as they are, not centred. */
  entries(row: number): SparseEntry[] {
    const { drug, cell } = this.features.data;
    return this.#bits.entries(drug.of[row], cell.of[row]);
  }

  /** Dense columns, centred: rows x dense columns. */
  dense(rows: Uint32Array): Float64Array {
    const means = this.#means.subarray(this.sparseColumns);
    const values = this.features.dense(rows);
    for (let from = 0; from < values.length; from += means.length) {
      for (let k = 0; k < means.length; k++) {
        const value = values[from + k];
        values[from + k] = Number.isNaN(value) ? 0 : value - means[k];
      }
    }
    return values;
  }

  /** All columns, centred: rows x columns. */
  rows(rows: Uint32Array): Float64Array {
    const { columns, sparseColumns: sparse } = this;
    const width = columns - sparse;
    const dense = this.dense(rows);
    const values = new Float64Array(rows.length * columns);
    rows.forEach((row, k) => {
      const own = values.subarray(k * columns, (k + 1) * columns);
      for (let column = 0; column < sparse; column++) own[column] = -this.#means[column];
      for (const { column, value } of this.entries(row)) own[column] += value;
      own.set(dense.subarray(k * width, (k + 1) * width), sparse);
    });
    return values;
  }

  /** Weights of all bits and of the training cell lines from those of the sparse columns, see {@link CompactBits.expand}. */
  expand(weights: Float64Array, outputs: number): ReturnType<CompactBits["expand"]> {
    return this.#bits.expand(weights, outputs);
  }
}

/** Means over rows of what is known; 0 where nothing is. */
export function columnMeans(
  rows: Uint32Array,
  columns: number,
  take: (rows: Uint32Array) => ArrayLike<number>,
): Float64Array {
  const sums = new Float64Array(columns), counts = new Float64Array(columns);
  for (const chunk of chunksOf(rows)) {
    const values = take(chunk);
    for (let from = 0; from < values.length; from += columns) {
      for (let k = 0; k < columns; k++) {
        if (Number.isNaN(values[from + k])) continue;
        sums[k] += values[from + k];
        counts[k]++;
      }
    }
  }
  return sums.map((sum, column) => sum / Math.max(1, counts[column]));
}
