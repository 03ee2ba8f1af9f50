import type { KnowledgeInputs } from "../../datasets/layouts/knowledge_graph/inputs.ts";
import { cellType, drugType } from "../../datasets/layouts/knowledge_graph/attach.ts";
import type { DirectedRelation, KnowledgeGraph } from "../../datasets/knowledge_graph/graph.ts";

/** What is known of the nodes of a type: rows in the order of its nodes, zeros for a node without. */
export interface TypeFeatures {
  readonly width: number;
  /** nodes x width */
  readonly values: Float32Array<ArrayBuffer>;
}

/** Nodes of one type, as far as predictions depend on them. */
export interface NodeType {
  readonly name: string;
  /** Nodes of the type that take part. */
  readonly nodes: number;
  /** Nodes of the type in the graph. */
  readonly all: number;
  /** Number within the type of each node that takes part. */
  readonly members: Uint32Array<ArrayBuffer>;
  /** Place of its first node among all, types one after the other. */
  readonly first: number;
  /** Where there are none, and \`learned\`: a vector a node is learned. */
  readonly features: readonly TypeFeatures[];
  /** Drugs and cell lines are never told apart by a vector of their own: one that was not trained on would have none. */
  readonly learned: boolean;
}

/** The part of a graph that the network looks at: nodes type by type, and the edges between them. */
export interface NetworkNodes {
  readonly types: readonly NodeType[];
  /** Nodes that take part. */
  readonly count: number;
  readonly relations: readonly DirectedRelation[];
  /** Node of the graph -> place. */
  readonly placeOf: ReadonlyMap<number, number>;
  /** Place -> node of the graph. */
  readonly nodeOf: Uint32Array<ArrayBuffer>;
  /** Edges between places, in the order of the graph's incoming edges. */
  readonly source: Uint32Array<ArrayBuffer>;
  readonly destination: Uint32Array<ArrayBuffer>;
  readonly relation: Uint8Array<ArrayBuffer>;
}

/**
 * What the states of the rows' drugs and cell lines depend on after so many rounds of messages: nodes that are reached against the
 * direction of edges in as many steps, and the edges on the way. All else changes no prediction and is left out.
 */
export function networkNodes(
  { graph, features, drugNodeOfRow, cellNodeOfRow }: Pick<
    KnowledgeInputs,
    "graph" | "features" | "drugNodeOfRow" | "cellNodeOfRow"
  >,
  layers: number,
): NetworkNodes {
  const { types, typeOf, incoming, relations } = graph;
  const { reached, inner } = reach(graph, [...new Set([...drugNodeOfRow, ...cellNodeOfRow])], layers);
  const numberInType = new Uint32Array(typeOf.length), all = types.map(() => 0);
  typeOf.forEach((type, node) => numberInType[node] = all[type]++);
  const nodeOf = Uint32Array.from(reached).sort((a, b) => typeOf[a] - typeOf[b] || a - b);
  const placeOf = new Map(Array.from(nodeOf, (node, place) => [node, place]));
  const inside = [...inner].sort((a, b) => a - b);
  const count = inside.reduce((sum, node) => sum + incoming.starts[node + 1] - incoming.starts[node], 0);
  const source = new Uint32Array(count),
    destination = new Uint32Array(count),
    relation = new Uint8Array(count);
  const places = new Uint32Array(typeOf.length);
  nodeOf.forEach((node, place) => places[node] = place);
  let edge = 0;
  for (const node of inside) {
    for (let at = incoming.starts[node]; at < incoming.starts[node + 1]; at++, edge++) {
      source[edge] = places[incoming.source[at]];
      destination[edge] = places[node];
      relation[edge] = incoming.relation[at];
    }
  }
  return {
    types: types.map((name, type): NodeType => {
      const members = nodeOf.filter((node) => typeOf[node] === type);
      const first = nodeOf.findIndex((node) => typeOf[node] >= type);
      const own = features.filter((one) => one.type === name && one.width > 0).map(
        ({ width, nodes, values }) => {
          const kept = new Float32Array(members.length * width);
          nodes.forEach((node, at) => {
            const place = placeOf.get(node);
            if (place !== undefined) {
              kept.set(values.subarray(at * width, (at + 1) * width), (place - first) * width);
            }
          });
          return { width, values: kept };
        },
      );
      return {
        name,
        nodes: members.length,
        all: all[type],
        members: members.map((node) => numberInType[node]),
        first: first < 0 ? nodeOf.length : first,
        features: own,
        learned: own.length === 0 && name !== drugType && name !== cellType,
      };
    }),
    count: nodeOf.length,
    relations,
    placeOf,
    nodeOf,
    source,
    destination,
    relation,
  };
}

/** Nodes within so many steps of the seeds, and those within one step less: edges into these are all that matter. */
function reach(
  { types, typeOf, incoming }: KnowledgeGraph,
  seeds: readonly number[],
  layers: number,
): { reached: Set<number>; inner: Set<number> } {
  const reached = new Set(seeds);
  let frontier = [...seeds], inner = new Set<number>();
  for (let layer = 0; layer < layers; layer++) {
    inner = new Set(reached);
    const next: number[] = [];
    for (const node of frontier) {
      for (let at = incoming.starts[node]; at < incoming.starts[node + 1]; at++) {
        const source = incoming.source[at];
        if (reached.has(source)) continue;
        reached.add(source);
        next.push(source);
      }
    }
    frontier = next;
  }
  // Of every type one takes part, so that what relations add to a type does not depend on which rows are asked.
  types.forEach((_, type) => {
    const any = typeOf.indexOf(type);
    if (any >= 0 && !reached.values().some((node) => typeOf[node] === type)) reached.add(any);
  });
  return { reached, inner };
}
