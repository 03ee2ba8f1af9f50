import type { DirectedRelation } from "../../datasets/knowledge_graph/graph.ts";
import type { NodeType } from "./nodes.ts";
import type { KgGatSettings } from "./settings.ts";

/** How an edge is scored. */
export type Scoring = "gat" | "gatv2";

/** What decides the shapes of the parameters. */
export interface KgGatConfig extends KgGatSettings {
  readonly scoring: Scoring;
  readonly genes: number;
  readonly types: readonly Pick<NodeType, "name" | "nodes" | "all" | "features" | "learned">[];
  readonly relations: readonly DirectedRelation[];
}

/** Key of the parameters of a directed relation, as PyTorch Geometric's HeteroConv writes it: \`drug__targets__gene\`. */
export function relationKey({ source, name, destination }: DirectedRelation): string {
  return [source, name, destination].join("__");
}
