import { type EdgeIndex, edgeIndex } from "../models/ops/graph_attention/edge_index.ts";
import type { RandomValues } from "../testing/random_values.ts";

/** How many edges a node of PrimeKG has on average. */
export const edgesOfNode = 62.6;

/**
 * A random graph with degrees as uneven as a knowledge graph's: the node of rank r has weight (r + 1)^-exponent, sources and
 * destinations are drawn apart, with ranks in orders of their own; parallel edges and loops stay.
 */
export function skewedGraph(
  { nodes, edges, relations, exponent = 0.6 }: {
    readonly nodes: number;
    readonly edges: number;
    readonly relations: number;
    readonly exponent?: number;
  },
  random: RandomValues,
): EdgeIndex {
  const sums = new Float64Array(nodes);
  for (let r = 0, sum = 0; r < nodes; r++) sums[r] = sum += (r + 1) ** -exponent;
  const ranked = () => {
    const order = Uint32Array.from({ length: nodes }, (_, k) => k);
    for (let k = nodes - 1; k > 0; k--) {
      const other = random.below(k + 1);
      [order[k], order[other]] = [order[other], order[k]];
    }
    return order;
  };
  const drawn = () => {
    const order = ranked();
    return Uint32Array.from({ length: edges }, () => {
      const wanted = random.next() * sums[nodes - 1];
      let [low, high] = [0, nodes - 1];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (sums[middle] <= wanted) low = middle + 1;
        else high = middle;
      }
      return order[low];
    });
  };
  return edgeIndex({
    sources: nodes,
    destinations: nodes,
    source: drawn(),
    destination: drawn(),
    relation: Uint8Array.from({ length: edges }, () => random.below(relations)),
    relations,
  });
}
