import type { HostNetwork } from "./host_network.ts";

/** Way through edges, from the drug outwards, with what its messages add. */
export interface TracedPath {
  /** Numbers of edges, the one that reaches the drug first. */
  readonly edges: readonly number[];
  readonly attention: number;
  readonly contribution: number;
}

/** Edges at one place of the tree of messages. */
export interface TreeEdge {
  readonly edge: number;
  readonly layer: number;
  /** One a head. */
  readonly weights: readonly number[];
}

/** All that the drug's state is made of. */
export interface Trace {
  /** Of every length from one step to as many as there are layers. */
  readonly paths: readonly TracedPath[];
  readonly edges: readonly TreeEdge[];
}

/** Beyond these, by absolute contribution, ways are not followed further at a node. */
const followed = 256;

/**
 * Follows the messages into a node against their direction: the contribution of an edge is alpha <message, gradient>, summed over heads,
 * with attention taken as it is; the gradient goes on through the message to the node that sent it (kg-gat.md 9.2).
 *
 * @param gradient at the node's state after the last layer.
 */
export function trace(network: HostNetwork, node: number, gradient: Float64Array): Trace {
  const { layers, heads, width } = network.config;
  const channels = width / heads;
  const paths: TracedPath[] = [], edges = new Map<string, TreeEdge>();
  const visit = (layer: number, at: number, gradient: Float64Array, before: TracedPath) => {
    const inside = network.backThroughBlock(layer, at, gradient);
    const { edges: incoming, weights } = network.attention(layer, at);
    const found = incoming.map((edge, place) => {
      const own = weights.subarray(place * heads, (place + 1) * heads);
      const message = network.message(layer, edge);
      const weighted = inside.map((value, k) => own[Math.floor(k / channels)] * value);
      const path: TracedPath = {
        edges: [...before.edges, edge],
        attention: before.attention * own.reduce((sum, value) => sum + value, 0) / heads,
        contribution: message.reduce((sum, value, k) => sum + value * weighted[k], 0),
      };
      edges.set(`${layer} ${edge}`, { edge, layer, weights: [...own] });
      return { path, weighted, edge };
    });
    for (const { path } of found) paths.push(path);
    if (layer === 1) return;
    const strongest = found.toSorted((a, b) => Math.abs(b.path.contribution) - Math.abs(a.path.contribution));
    for (const { path, weighted, edge } of strongest.slice(0, followed)) {
      visit(layer - 1, network.nodes.source[edge], network.backThroughMessage(layer, edge, weighted), path);
    }
  };
  if (layers > 0) visit(layers, node, gradient, { edges: [], attention: 1, contribution: 0 });
  return { paths, edges: [...edges.values()] };
}

/** Area under the ROC curve of scores for which of the items are true; ties count half, NaN where all or none are. */
export function auroc(scores: readonly number[], isTrue: readonly boolean[]): number {
  const [yes, no] = [true, false].map((wanted) => scores.filter((_, k) => isTrue[k] === wanted));
  let above = 0;
  for (const own of yes) for (const other of no) above += own > other ? 1 : own === other ? 0.5 : 0;
  return above / (yes.length * no.length);
}
