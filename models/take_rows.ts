import type { Matrix } from "../datasets/dataset.ts";
import { selectMatrixRows } from "../datasets/readers/select_rows.ts";

/** The given rows of values in memory, or of a matrix that may read them from a file. */
export function takeRows(
  values: Float32Array | Matrix,
  columns: number,
  rows: ArrayLike<number>,
): Float32Array<ArrayBuffer> {
  return values instanceof Float32Array ? selectMatrixRows(values, columns, rows) : values.take(rows);
}
