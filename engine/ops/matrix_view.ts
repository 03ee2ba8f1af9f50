import type { Tensor } from "../tensor.ts";

/**
 * A matrix (or a batch of them) inside a tensor: element (row, column) at start + row * rowStride + column *
 * columnStride, plus outer * batchStride + inner * innerStride in a batch. A stride left out is 0: the matrix is shared.
 */
export interface MatrixView {
  /** Where the elements are. */
  readonly tensor: Tensor;
  /** Extent of the matrix. */
  readonly rows: number;
  /** Extent of the matrix. */
  readonly columns: number;
  /** Elements from one row to the next. */
  readonly rowStride: number;
  /** Elements from one column to the next. */
  readonly columnStride: number;
  /** First element. */
  readonly start?: number;
  /** Elements from one matrix to the next of the outer level. */
  readonly batchStride?: number;
  /** Elements from one matrix to the next of the inner level. */
  readonly innerStride?: number;
}

/** A batch of two levels, such as samples and heads. */
export interface Batches {
  /** Extent of the outer level. */
  readonly outer: number;
  /** Extent of the inner level. */
  readonly inner: number;
}

/** The whole of a [.., rows, columns] tensor as a matrix view. */
export function matrix(tensor: Tensor, rows: number, columns: number): MatrixView {
  return { tensor, rows, columns, rowStride: columns, columnStride: 1, batchStride: rows * columns };
}

/** The transpose, by exchanging strides. */
export function transposed(view: MatrixView): MatrixView {
  return {
    ...view,
    rows: view.columns,
    columns: view.rows,
    rowStride: view.columnStride,
    columnStride: view.rowStride,
  };
}

/**
 * Heads as parts of a batch, without a copy: head j of [.., rows, heads * depth] is columns j depth to (j + 1) depth - 1.
 * `samples` false says that all samples share the one table.
 */
export function headMatrix(
  tensor: Tensor,
  rows: number,
  heads: number,
  depth: number,
  samples = true,
): MatrixView {
  const width = heads * depth;
  return {
    tensor,
    rows,
    columns: depth,
    rowStride: width,
    columnStride: 1,
    batchStride: samples ? rows * width : 0,
    innerStride: depth,
  };
}

/** [outer, inner, m, n] without gaps. */
export function rowMajor(tensor: Tensor, m: number, n: number, { inner }: Batches): MatrixView {
  return { ...matrix(tensor, m, n), batchStride: inner * m * n, innerStride: m * n };
}

/** One past the last element that a batch of matrices touches. */
export function extentOf(view: MatrixView, { outer, inner }: Batches): number {
  const { start = 0, rows, columns, rowStride, columnStride, batchStride = 0, innerStride = 0 } = view;
  if (rows === 0 || columns === 0 || outer === 0 || inner === 0) return start;
  return start + (outer - 1) * batchStride + (inner - 1) * innerStride + (rows - 1) * rowStride +
    (columns - 1) * columnStride + 1;
}
