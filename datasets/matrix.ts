import { DenseMatrix, type Matrix } from "./dataset.ts";

/** Values of a matrix that are gone through at once: 4 MB. */
const pieceSize = 1 << 20;

/** All rows in their order, a few megabytes at a time: a matrix that lies in a file is never in memory as a whole. */
export function* piecesOf(matrix: Matrix): Generator<Float32Array<ArrayBuffer>> {
  const { rows, columns } = matrix, step = Math.max(1, Math.floor(pieceSize / columns));
  for (let row = 0; row < rows; row += step) yield matrix.take(numbersFrom(row, Math.min(rows, row + step)));
}

/** All values, row-major, in memory: those of the matrix itself where they are there already. */
export function valuesOf(matrix: Matrix): Float32Array<ArrayBuffer> {
  if (matrix instanceof DenseMatrix) return matrix.values;
  return matrix.take(numbersFrom(0, matrix.rows));
}

/** Some rows of a matrix in the given order, taken from where they lie. */
export function withRows(matrix: Matrix, rows: ArrayLike<number>): Matrix {
  return {
    rows: rows.length,
    columns: matrix.columns,
    take: (wanted) => matrix.take(Uint32Array.from(wanted, (row) => rows[row])),
  };
}

/** Some columns of a matrix in the given order; the matrix itself where these are all of them. */
export function withColumns(matrix: Matrix, columns: readonly number[]): Matrix {
  const width = matrix.columns;
  if (columns.length === width && columns.every((column, at) => column === at)) return matrix;
  return {
    rows: matrix.rows,
    columns: columns.length,
    take(wanted) {
      const all = matrix.take(wanted), taken = new Float32Array(wanted.length * columns.length);
      for (let row = 0, at = 0; row < wanted.length; row++) {
        for (const column of columns) taken[at++] = all[row * width + column];
      }
      return taken;
    },
  };
}

/** Mean of each column over some rows. */
export function meanOfRows(matrix: Matrix, rows: ArrayLike<number>): Float64Array<ArrayBuffer> {
  const { columns } = matrix, means = new Float64Array(columns);
  for (const values of piecesOf(withRows(matrix, rows))) {
    values.forEach((value, at) => means[at % columns] += value);
  }
  return means.map((sum) => sum / rows.length);
}

function numbersFrom(first: number, end: number): Uint32Array<ArrayBuffer> {
  return Uint32Array.from({ length: end - first }, (_, at) => first + at);
}
