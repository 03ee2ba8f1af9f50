import {
  degreeFeatures,
  randomisedFeatures,
  shuffledEdges,
  withoutEdges,
  withoutRelations,
} from "../../knowledge_graph/disturb_graph.ts";
import type { Anchors } from "./inputs.ts";
import type { KnowledgeSettings } from "./settings.ts";

/** What the settings make of a graph: relations dropped, then edges shuffled or removed, then features. */
export function disturbedAnchors(
  anchors: Anchors,
  { edges, dropRelation, shuffleEdges, randomiseFeatures, degreeOnly, graphSeed }: KnowledgeSettings,
): { anchors: Anchors; notes: string[] } {
  const notes: string[] = [];
  let { graph, features, describesNew } = anchors;
  if (dropRelation.length > 0) {
    const before = graph.incoming.source.length;
    graph = withoutRelations(graph, dropRelation);
    notes.push(
      `Without ${dropRelation.join(", ")}: ${
        before - graph.incoming.source.length
      } of ${before} directed edges are left out.`,
    );
  }
  if (shuffleEdges > 0) {
    graph = shuffledEdges(graph, shuffleEdges, graphSeed);
    notes.push(
      `Control: ${
        100 * shuffleEdges
      } % of the edges of each relation are shuffled (seed ${graphSeed}); degrees are kept.`,
    );
  }
  if (edges === "none") {
    graph = withoutEdges(graph);
    notes.push("Control: the graph has no edges.");
  }
  if (randomiseFeatures !== "no") {
    features = randomisedFeatures(features, randomiseFeatures, graphSeed);
    describesNew = false;
    notes.push(
      `Control: node features are ${
        randomiseFeatures === "gaussian" ? "noise" : "those of other nodes"
      } (seed ${graphSeed}).`,
    );
  }
  if (degreeOnly) {
    features = degreeFeatures(graph);
    describesNew = false;
    notes.push("Control: nodes are known by their numbers of edges alone.");
  }
  return { anchors: { ...anchors, graph, features, describesNew }, notes };
}
