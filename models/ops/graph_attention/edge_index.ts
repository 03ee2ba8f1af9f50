import { ShapeError } from "../../../engine/errors.ts";

/** Most nodes of one side, and most relations: the kernels keep both in one word of an edge. */
export const edgeLimits = { nodes: 1 << 24, relations: 256 } as const;

/** A list of directed edges in any order; parallel edges are edges of their own. */
export interface EdgeList {
  /** Nodes that edges come from. */
  readonly sources: number;
  /** Nodes that edges go to: the same nodes as the sources in a graph of one kind. */
  readonly destinations: number;
  /** Source of each edge. */
  readonly source: Uint32Array;
  /** Destination of each edge. */
  readonly destination: Uint32Array;
  /** Relation of each edge, where there are several. */
  readonly relation?: Uint8Array;
  /** Number of relations; one more than the largest of `relation` unless told, so that a relation may have no edges. */
  readonly relations?: number;
}

/**
 * Edges of a graph sorted both ways. A place in the incoming order is called a slot: what belongs to edges (features, logits,
 * a dropout mask) lies in the order of slots.
 */
export interface EdgeIndex {
  /** Nodes that edges come from. */
  readonly sources: number;
  /** Nodes that edges go to. */
  readonly destinations: number;
  /** Number of edges. */
  readonly edges: number;
  /** Number of relations; 1 where none were given. */
  readonly relations: number;
  /** Edges by destination, in each in the order given: those of node i are rowptr[i] to rowptr[i + 1] - 1. */
  readonly csr: {
    /** [destinations + 1]. */
    readonly rowptr: Uint32Array<ArrayBuffer>;
    /** [edges] source. */
    readonly src: Uint32Array<ArrayBuffer>;
    /** [edges] relation; undefined where none were given. */
    readonly rel?: Uint8Array<ArrayBuffer>;
    /** [edges] place of the edge in the list that was given. */
    readonly edge: Uint32Array<ArrayBuffer>;
  };
  /** Edges by source, in each in the order given: those of node j are colptr[j] to colptr[j + 1] - 1. */
  readonly csc: {
    /** [sources + 1]. */
    readonly colptr: Uint32Array<ArrayBuffer>;
    /** [edges] destination. */
    readonly dst: Uint32Array<ArrayBuffer>;
    /** [edges] slot. */
    readonly slot: Uint32Array<ArrayBuffer>;
  };
}

/**
 * Sorts a list of edges by destination and by source, stably, by counting.
 *
 * @throws {ShapeError} when lengths differ, an edge names a node or relation that is not there, or there are more of them
 * than `edgeLimits`
 */
export function edgeIndex(list: EdgeList): EdgeIndex {
  const { sources, destinations, source, destination, relation } = list;
  const edges = source.length;
  const relations = list.relations ?? (relation ? largest(relation) + 1 : 1);
  if (destination.length !== edges || (relation && relation.length !== edges)) {
    throw new ShapeError(
      `edgeIndex(): ${edges} sources, ${destination.length} destinations` +
        `${relation ? ` and ${relation.length} relations` : ""} were given; expected one of each an edge.`,
    );
  }
  if (Math.max(sources, destinations) > edgeLimits.nodes || relations > edgeLimits.relations) {
    throw new ShapeError(
      `edgeIndex(): ${sources} sources, ${destinations} destinations and ${relations} relations; expected at most ` +
        `${edgeLimits.nodes} nodes a side and ${edgeLimits.relations} relations. Split the graph by relation.`,
    );
  }
  refuseMissing("source", source, sources);
  refuseMissing("destination", destination, destinations);
  if (relation) refuseMissing("relation", relation, relations);
  const { starts: rowptr, order: edge, slot: slotOf } = sorted(destination, destinations);
  const { starts: colptr, order: bySource } = sorted(source, sources);
  const [src, dst, slot] = [new Uint32Array(edges), new Uint32Array(edges), new Uint32Array(edges)];
  const rel = relation && new Uint8Array(edges);
  for (let k = 0; k < edges; k++) {
    src[k] = source[edge[k]];
    if (rel) rel[k] = relation[edge[k]];
    dst[k] = destination[bySource[k]];
    slot[k] = slotOf[bySource[k]];
  }
  return {
    sources,
    destinations,
    edges,
    relations,
    csr: { rowptr, src, rel, edge },
    csc: { colptr, dst, slot },
  };
}

/**
 * The list with exactly one loop a node, as PyTorch Geometric's `add_self_loops`: loops that are there go, new ones come last, in
 * the order of nodes. `kept` names the edges of the list given that stay.
 *
 * @param relation of the new loops, where the list has relations
 * @throws {ShapeError} when sources and destinations are not the same nodes
 */
export function withSelfLoops(
  list: EdgeList,
  relation = 0,
): { readonly list: EdgeList; readonly kept: Uint32Array<ArrayBuffer> } {
  const { sources, destinations, source, destination } = list;
  if (sources !== destinations) {
    throw new ShapeError(
      `withSelfLoops(): ${sources} sources and ${destinations} destinations; loops need the same nodes on both sides.`,
    );
  }
  const kept = Uint32Array.from({ length: source.length }, (_, e) => e)
    .filter((e) => source[e] !== destination[e]);
  const joined = <T extends Uint32Array | Uint8Array>(
    into: T,
    from: T,
    loop: (node: number) => number,
  ): T => {
    kept.forEach((e, k) => into[k] = from[e]);
    for (let node = 0; node < sources; node++) into[kept.length + node] = loop(node);
    return into;
  };
  const edges = kept.length + sources;
  return {
    kept,
    list: {
      ...list,
      source: joined(new Uint32Array(edges), source, (node) => node),
      destination: joined(new Uint32Array(edges), destination, (node) => node),
      relation: list.relation && joined(new Uint8Array(edges), list.relation, () => relation),
    },
  };
}

function largest(values: Uint8Array): number {
  let most = 0;
  for (const value of values) if (value > most) most = value;
  return most;
}

function refuseMissing(what: string, values: ArrayLike<number>, count: number): void {
  for (let e = 0; e < values.length; e++) {
    if (values[e] < count) continue;
    throw new ShapeError(
      `edgeIndex(): edge ${e} has the ${what} ${values[e]}; there are ${count}, counted from 0.`,
    );
  }
}

/** Stable counting sort: where each key's entries start, entries in order, and the place of each entry. */
export function sorted(keys: ArrayLike<number>, count: number): {
  readonly starts: Uint32Array<ArrayBuffer>;
  readonly order: Uint32Array<ArrayBuffer>;
  readonly slot: Uint32Array<ArrayBuffer>;
} {
  const starts = new Uint32Array(count + 1);
  for (let e = 0; e < keys.length; e++) starts[keys[e] + 1]++;
  for (let k = 0; k < count; k++) starts[k + 1] += starts[k];
  const next = starts.slice(0, count);
  const [order, slot] = [new Uint32Array(keys.length), new Uint32Array(keys.length)];
  for (let e = 0; e < keys.length; e++) {
    slot[e] = next[keys[e]]++;
    order[slot[e]] = e;
  }
  return { starts, order, slot };
}
