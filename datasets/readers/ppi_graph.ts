import type { PpiGraph } from "../types.ts";

/** How a PPI graph is built from edges. */
export interface PpiOptions {
  /** Put ones on the diagonal, as the release does (csg2a.md 6.7); default true. */
  readonly identity?: boolean;
}

/** CSR rows from one sorted list of distinct columns a gene. */
function fromNeighbours(genes: readonly string[], neighbours: readonly Set<number>[]): PpiGraph {
  const indptr = new Uint32Array(genes.length + 1);
  neighbours.forEach((columns, gene) => indptr[gene + 1] = indptr[gene] + columns.size);
  const indices = new Uint32Array(indptr[genes.length]);
  neighbours.forEach((columns, gene) => indices.set(Uint32Array.from(columns).sort(), indptr[gene]));
  return { genes, indptr, indices };
}

/**
 * The symmetric graph of undirected edges: (i, j) and (j, i) are 1, however often an edge is named; with the identity
 * the diagonal is 1, never 2 (csg2a.md 6.7).
 *
 * @param edges Pairs of positions in `genes`.
 */
export function ppiFromEdges(
  genes: readonly string[],
  edges: Iterable<readonly [number, number]>,
  options: PpiOptions = {},
): PpiGraph {
  const identity = options.identity ?? true;
  const neighbours = genes.map((_, gene) => new Set(identity ? [gene] : []));
  for (const [source, target] of edges) {
    if (!(source in neighbours) || !(target in neighbours)) {
      throw new RangeError(`edge ${source}-${target}: expected positions below ${genes.length}.`);
    }
    neighbours[source].add(target);
    neighbours[target].add(source);
  }
  return fromNeighbours(genes, neighbours);
}

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
