import { fromNeighbours } from "../../datasets/readers/ppi_graph.ts";
import type { PpiGraph } from "../../datasets/types.ts";

/**
 * The graph of a dense 0/1 matrix, which need not be symmetric and is taken as it is: no identity is added.
 *
 * @param dense Row-major, genes x genes.
 * @throws {RangeError} when the size is wrong or an entry is neither 0 nor 1.
 */
export function ppiFromDense(genes: readonly string[], dense: ArrayLike<number>): PpiGraph {
  const width = genes.length;
  if (dense.length !== width * width) {
    throw new RangeError(`PPI matrix: ${dense.length} entries, expected ${width} x ${width}.`);
  }
  const neighbours = genes.map((_, row) => {
    const columns = new Set<number>();
    for (let column = 0; column < width; column++) {
      const value = dense[row * width + column];
      if (value === 1) columns.add(column);
      else if (value !== 0) {
        throw new RangeError(`PPI matrix, row ${row}, column ${column}: found ${value}, expected 0 or 1.`);
      }
    }
    return columns;
  });
  return fromNeighbours(genes, neighbours);
}

/** The matrix of a graph, row-major, genes x genes; for references and small sizes. */
export function ppiToDense({ genes, indptr, indices }: PpiGraph): Float32Array<ArrayBuffer> {
  const dense = new Float32Array(genes.length * genes.length);
  for (let row = 0; row < genes.length; row++) {
    for (let at = indptr[row]; at < indptr[row + 1]; at++) dense[row * genes.length + indices[at]] = 1;
  }
  return dense;
}

/** Row sums of the matrix: the number of ones a gene. The `rowsum` block needs no more of P (csg2a.md 4.1). */
export function ppiRowSums({ genes, indptr }: PpiGraph): Float32Array<ArrayBuffer> {
  return Float32Array.from(genes, (_, row) => indptr[row + 1] - indptr[row]);
}
