import type { SourceFile } from "../dataset.ts";

/** A relation in one direction: what it is called, and between which types of nodes. */
export interface DirectedRelation {
  /** Type of the node that an edge leaves. */
  readonly source: string;
  /** As the files call it: `drug_protein`, `off-label use`. */
  readonly name: string;
  /** Type of the node that an edge reaches. */
  readonly destination: string;
}

/**
 * A graph of typed nodes and directed, typed edges. An edge from x to y carries a message from x to y. Parallel edges count each.
 * Nodes are numbered 0 to `ids.length - 1`.
 */
export interface KnowledgeGraph {
  /** One a node, as its source writes it (`DB00002`, `4006_5006_6006`): not unique, not even within a type. */
  readonly ids: readonly string[];
  /** One a node, for people. */
  readonly names: readonly string[];
  /** One a node: who gave the id (`DrugBank`, `NCBI`). */
  readonly sources: readonly string[];
  /** Types of nodes. */
  readonly types: readonly string[];
  /** One a node: which of the types. */
  readonly typeOf: Uint8Array<ArrayBuffer>;
  /** At most 256. */
  readonly relations: readonly DirectedRelation[];
  /** Edges by the node that they reach, in the order of the files within a node (CSR). */
  readonly incoming: {
    /** nodes + 1 */
    readonly starts: Uint32Array<ArrayBuffer>;
    /** One an edge: the node that it leaves. */
    readonly source: Uint32Array<ArrayBuffer>;
    /** One an edge: which of the relations. */
    readonly relation: Uint8Array<ArrayBuffer>;
  };
  /** The same edges by the node that they leave, in the same order within a node (CSC). */
  readonly outgoing: {
    /** nodes + 1 */
    readonly starts: Uint32Array<ArrayBuffer>;
    /** One an edge: the node that it reaches. */
    readonly destination: Uint32Array<ArrayBuffer>;
    /** One an edge: its place among the incoming edges. */
    readonly slot: Uint32Array<ArrayBuffer>;
  };
  /** Files that it was made of. */
  readonly files: readonly SourceFile[];
}

/** Edges one after the other. */
export interface EdgeList {
  readonly source: Uint32Array<ArrayBuffer>;
  readonly destination: Uint32Array<ArrayBuffer>;
  readonly relation: Uint8Array<ArrayBuffer>;
}

/** Both indices of edges; stable: edges of one node stay in the order of the list. */
export function indexEdges(
  nodes: number,
  { source, destination, relation }: EdgeList,
): Pick<KnowledgeGraph, "incoming" | "outgoing"> {
  const count = source.length;
  const starts = startsOf(nodes, destination);
  const next = starts.slice();
  const incoming = { starts, source: new Uint32Array(count), relation: new Uint8Array(count) };
  const placeOf = new Uint32Array(count);
  for (let edge = 0; edge < count; edge++) {
    const place = next[destination[edge]]++;
    incoming.source[place] = source[edge];
    incoming.relation[place] = relation[edge];
    placeOf[edge] = place;
  }
  const left = startsOf(nodes, source);
  const free = left.slice();
  const outgoing = { starts: left, destination: new Uint32Array(count), slot: new Uint32Array(count) };
  for (let edge = 0; edge < count; edge++) {
    const place = free[source[edge]]++;
    outgoing.destination[place] = destination[edge];
    outgoing.slot[place] = placeOf[edge];
  }
  return { incoming, outgoing };
}

function startsOf(nodes: number, ends: Uint32Array): Uint32Array<ArrayBuffer> {
  const starts = new Uint32Array(nodes + 1);
  for (const node of ends) starts[node + 1]++;
  for (let node = 0; node < nodes; node++) starts[node + 1] += starts[node];
  return starts;
}

/** The edges of a graph as a list, in the order of its incoming edges. */
export function edgeList({ ids, incoming: { starts, source, relation } }: KnowledgeGraph): EdgeList {
  const destination = new Uint32Array(source.length);
  for (let node = 0; node < ids.length; node++) destination.fill(node, starts[node], starts[node + 1]);
  return { source, destination, relation };
}

/** The same nodes with other edges. */
export function withEdges(graph: KnowledgeGraph, edges: EdgeList): KnowledgeGraph {
  return { ...graph, ...indexEdges(graph.ids.length, edges) };
}

/** `drug > drug_protein > gene/protein`: a directed relation, for people. */
export function relationText({ source, name, destination }: DirectedRelation): string {
  return `${source} > ${name} > ${destination}`;
}

/** Edges of each directed relation. */
export function relationCounts({ relations, incoming: { relation } }: KnowledgeGraph): number[] {
  const counts = relations.map(() => 0);
  for (const own of relation) counts[own]++;
  return counts;
}

/** Nodes of each type. */
export function typeCounts({ types, typeOf }: KnowledgeGraph): number[] {
  const counts = types.map(() => 0);
  for (const own of typeOf) counts[own]++;
  return counts;
}
