import type { KnowledgeGraph } from "../../knowledge_graph/graph.ts";
import type { NodeFeatures } from "../../knowledge_graph/node_features.ts";
import type { ProfileInputs } from "../basal_profiles/inputs.ts";

/** A graph, and which of its nodes are the drugs and cell lines of rows. */
export interface Anchors {
  readonly graph: KnowledgeGraph;
  readonly features: readonly NodeFeatures[];
  /** Identity of a drug (its structure, or `name NAME`) -> node. */
  readonly drugNodes: ReadonlyMap<string, number>;
  /** Identity of a cell line -> node. */
  readonly cellNodes: ReadonlyMap<string, number>;
  /** Whether a node that rows bring along gets features like the others; not where features were made uninformative. */
  readonly describesNew: boolean;
  /** Of simulated data: the true targets of each drug node. */
  readonly mechanisms?: ReadonlyMap<number, readonly number[]>;
}

/** What the models of the layout `knowledge-graph` look into: rows as in `profiles`, and the graph around their drugs and cells. */
export interface KnowledgeInputs extends ProfileInputs {
  /** With a node for every drug and cell line of the rows. */
  readonly graph: KnowledgeGraph;
  /** Of nodes; types without any are told apart by their edges alone, or by what a model learns of each node. */
  readonly features: readonly NodeFeatures[];
  /** One a row. */
  readonly drugNodeOfRow: Uint32Array<ArrayBuffer>;
  /** One a row. */
  readonly cellNodeOfRow: Uint32Array<ArrayBuffer>;
  /** As read: what further rows are attached to. */
  readonly anchors: Anchors;
}
