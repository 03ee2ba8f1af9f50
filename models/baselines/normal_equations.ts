import type { CentredFeatures } from "./centred_features.ts";
import { chunksOf } from "./closed_form.ts";
import { addProducts, transposed } from "./dense_algebra.ts";

/** XᵀX (on and below the diagonal) and (XᵀY)ᵀ of centred features and targets. */
export interface NormalEquations {
  /** columns x columns. */
  readonly matrix: Float64Array;
  /** outputs x columns. */
  readonly right: Float64Array;
}

/**
 * The primal side of a ridge regression, the training rows read once, a few hundred at a time.
 *
 * About fifty sparse columns of a row are not zero, so they are added entry by entry; centring them is one outer product of their
 * means at the end, because centred dense columns and targets sum to zero. Rows of one chunk that have the same dense columns,
 * such as wells with one control profile, are multiplied once.
 */
export function normalEquations(
  table: CentredFeatures,
  targets: (rows: Uint32Array) => Float64Array,
  outputs: number,
  train: Uint32Array,
): NormalEquations {
  const { columns, sparseColumns: sparse } = table;
  const width = columns - sparse;
  const sparseSparse = new Float64Array(sparse * sparse), sparseDense = new Float64Array(sparse * width);
  const sparseTargets = new Float64Array(sparse * outputs);
  const denseDense = new Float64Array(width * width), targetsDense = new Float64Array(outputs * width);
  for (const rows of chunksOf(train)) {
    const dense = table.dense(rows), y = targets(rows);
    rows.forEach((row, k) => {
      const entries = table.entries(row);
      for (const { column, value } of entries) {
        for (const other of entries) sparseSparse[column * sparse + other.column] += value * other.value;
        addScaled(sparseDense, column * width, dense, k * width, width, value);
        addScaled(sparseTargets, column * outputs, y, k * outputs, outputs, value);
      }
    });
    const distinct = distinctRows(dense, width, y, outputs);
    const rowsByColumn = transposed(distinct.rows, width);
    const weighted = transposed(distinct.weighted, width);
    const count = distinct.rows.length / width;
    addProducts(denseDense, weighted, rowsByColumn, count, { lower: true });
    addProducts(targetsDense, transposed(distinct.targets, outputs), rowsByColumn, count);
  }

  const matrix = new Float64Array(columns * columns), right = new Float64Array(outputs * columns);
  const { means } = table;
  for (let i = 0; i < sparse; i++) {
    for (let j = 0; j <= i; j++) {
      matrix[i * columns + j] = sparseSparse[i * sparse + j] - train.length * means[i] * means[j];
    }
  }
  for (let i = 0; i < width; i++) {
    const at = (sparse + i) * columns;
    for (let j = 0; j < sparse; j++) matrix[at + j] = sparseDense[j * width + i];
    for (let j = 0; j <= i; j++) matrix[at + sparse + j] = denseDense[i * width + j];
  }
  for (let o = 0; o < outputs; o++) {
    for (let j = 0; j < sparse; j++) right[o * columns + j] = sparseTargets[j * outputs + o];
    right.set(targetsDense.subarray(o * width, (o + 1) * width), o * columns + sparse);
  }
  return { matrix, right };
}

/** Rows that differ, each also times its number, and the sum of the targets of those that are like it. */
function distinctRows(dense: Float64Array, width: number, y: Float64Array, outputs: number) {
  const count = dense.length / width;
  const places = new Map<string, number[]>();
  const firsts: number[] = [], of: number[] = [], counts: number[] = [];
  const same = (a: number, b: number) => {
    for (let k = 0; k < width; k++) if (dense[a * width + k] !== dense[b * width + k]) return false;
    return true;
  };
  for (let row = 0; row < count; row++) {
    // Few values tell most rows apart; the rest is compared.
    const key = dense.subarray(row * width, row * width + 6).join();
    const alike = places.get(key) ?? [];
    const known = alike.find((place) => same(firsts[place], row));
    if (known === undefined) {
      places.set(key, [...alike, firsts.length]);
      of.push(firsts.length);
      firsts.push(row);
      counts.push(1);
    } else {
      of.push(known);
      counts[known]++;
    }
  }
  const rows = new Float64Array(firsts.length * width), weighted = new Float64Array(rows.length);
  const targets = new Float64Array(firsts.length * outputs);
  firsts.forEach((row, place) => {
    const values = dense.subarray(row * width, (row + 1) * width);
    rows.set(values, place * width);
    addScaled(weighted, place * width, values, 0, width, counts[place]);
  });
  of.forEach((place, row) => addScaled(targets, place * outputs, y, row * outputs, outputs, 1));
  return { rows, weighted, targets };
}

function addScaled(
  sums: Float64Array,
  to: number,
  values: Float64Array,
  from: number,
  count: number,
  factor: number,
): void {
  for (let k = 0; k < count; k++) sums[to + k] += factor * values[from + k];
}
