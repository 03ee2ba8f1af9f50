import { RandomStream } from "../../datasets/random.ts";

/** Edges by the node that they reach. */
export interface IncomingEdges {
  readonly starts: Uint32Array;
  /** One an edge. */
  readonly source: Uint32Array;
}

/**
 * Draws edges as PyTorch Geometric's NeighborLoader: from the seeds outwards, at hop k at most `fanOut[k]` incoming edges of every node
 * that is reached first there, without replacement. What a node gets depends on (seed, draw, hop, node) alone.
 *
 * @returns numbers of the edges, ascending.
 */
export function sampleNeighbours(
  { starts, source }: IncomingEdges,
  seeds: Iterable<number>,
  fanOut: readonly number[],
  seed: number,
  draw: number,
): Uint32Array<ArrayBuffer> {
  let frontier = [...new Set(seeds)];
  const reached = new Set(frontier);
  const edges: number[] = [];
  fanOut.forEach((most, hop) => {
    const next: number[] = [];
    for (const node of frontier) {
      for (
        const edge of drawn(
          starts[node],
          starts[node + 1],
          most,
          () => new RandomStream(seed, 0x6e, draw, hop, node),
        )
      ) {
        edges.push(edge);
        if (reached.has(source[edge])) continue;
        reached.add(source[edge]);
        next.push(source[edge]);
      }
    }
    frontier = next;
  });
  return Uint32Array.from(edges).sort();
}

/** `most` of the numbers from `begin` to `end`, or all of them (Floyd's draw). */
function drawn(begin: number, end: number, most: number, random: () => RandomStream): Iterable<number> {
  const count = end - begin;
  if (count <= most) return Array.from({ length: count }, (_, k) => begin + k);
  const stream = random();
  const chosen = new Set<number>();
  for (let last = count - most; last < count; last++) {
    const one = stream.below(last + 1);
    chosen.add(begin + (chosen.has(begin + one) ? last : one));
  }
  return chosen;
}
