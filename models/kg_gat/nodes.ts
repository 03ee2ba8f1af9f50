import type { KnowledgeInputs } from "../../datasets/layouts/knowledge_graph/inputs.ts";
import { cellType, drugType } from "../../datasets/layouts/knowledge_graph/attach.ts";
import type { DirectedRelation } from "../../datasets/knowledge_graph/graph.ts";

/** What is known of the nodes of a type: rows in the order of its nodes, zeros for a node without. */
export interface TypeFeatures {
  readonly width: number;
  /** nodes x width */
  readonly values: Float32Array<ArrayBuffer>;
}

/** Nodes of one type. */
export interface NodeType {
  readonly name: string;
  readonly nodes: number;
  /** Place of its first node among all, types one after the other. */
  readonly first: number;
  /** Where there are none, and `learned`: a vector a node is learned. */
  readonly features: readonly TypeFeatures[];
  /** Drugs and cell lines are never told apart by a vector of their own: one that was not trained on would have none. */
  readonly learned: boolean;
}

/** The graph as the network sees it: nodes type by type. */
export interface NetworkNodes {
  readonly types: readonly NodeType[];
  readonly count: number;
  readonly relations: readonly DirectedRelation[];
  /** Node of the graph -> place. */
  readonly placeOf: Uint32Array<ArrayBuffer>;
  /** Edges between places, in the order of the graph's incoming edges. */
  readonly source: Uint32Array<ArrayBuffer>;
  readonly destination: Uint32Array<ArrayBuffer>;
  readonly relation: Uint8Array<ArrayBuffer>;
}

/** Puts the nodes of a graph type by type. */
export function networkNodes({ graph, features }: Pick<KnowledgeInputs, "graph" | "features">): NetworkNodes {
  const { types, typeOf, incoming, relations, ids } = graph;
  const counts = types.map(() => 0);
  for (const type of typeOf) counts[type]++;
  let first = 0;
  const firsts = counts.map((count) => (first += count) - count);
  const next = [...firsts];
  const placeOf = Uint32Array.from(typeOf, (type) => next[type]++);
  const destination = new Uint32Array(incoming.source.length);
  ids.forEach((_, node) => destination.fill(placeOf[node], incoming.starts[node], incoming.starts[node + 1]));
  return {
    types: types.map((name, type): NodeType => {
      const own = features.filter((one) => one.type === name && one.width > 0).map(
        ({ width, nodes, values }) => {
          const all = new Float32Array(counts[type] * width);
          nodes.forEach((node, at) =>
            all.set(values.subarray(at * width, (at + 1) * width), (placeOf[node] - firsts[type]) * width)
          );
          return { width, values: all };
        },
      );
      return {
        name,
        nodes: counts[type],
        first: firsts[type],
        features: own,
        learned: own.length === 0 && name !== drugType && name !== cellType,
      };
    }),
    count: typeOf.length,
    relations,
    placeOf,
    source: incoming.source.map((node) => placeOf[node]),
    destination,
    relation: incoming.relation,
  };
}
