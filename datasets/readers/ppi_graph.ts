import type { PpiGraph } from "../types.ts";

/** How a PPI graph is built from edges. */
export interface PpiOptions {
  /** Put ones on the diagonal, as the release does (csg2a.md 6.7); default true. */
  readonly identity?: boolean;
}

/** CSR rows from one sorted list of distinct columns a gene. */
export function fromNeighbours(genes: readonly string[], neighbours: readonly Set<number>[]): PpiGraph {
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
