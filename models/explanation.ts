import type { GraphExplanation } from "./graph_explanation.ts";
import type { NamedTensors } from "./training_task.ts";

/** A fragment of the drug. */
export interface ExplainedFragment {
  /** With its attachment points. */
  readonly smiles: string;
  /** Atoms of the molecule; empty where the fragment could not be placed. */
  readonly atoms: readonly number[];
  /** Mean attention that pathways (or genes, without pathways) pay it. */
  readonly attention: number;
  /** Root mean square change of the prediction when it is left out, over that of the prediction; null for an only fragment. */
  readonly effect: number | null;
}

/** An attention map, averaged over heads and rows; row-major. */
export interface MeanMap {
  /** What asks, and what is looked at. */
  readonly axes: readonly [MapAxis, MapAxis];
  /** Lengths of the axes. */
  readonly shape: readonly [number, number];
  /** Row-major. */
  readonly values: Float64Array;
}

/** What an axis of a map counts. */
export type MapAxis = "genes" | "pathways" | "fragments";

/** Two genes that a model lets interact. */
export interface ExplainedPair {
  /** Their symbols. */
  readonly genes: readonly [string, string];
  /** The map at the pair. */
  readonly score: number;
  /** Whether they are neighbours in the interaction graph that the model was given. */
  readonly inGraph: boolean;
}

/** What predictions of one drug rest on, as far as a model's attention tells. What a model does not have is absent. */
export interface Explanation {
  /** SMILES as the model saw it. */
  readonly smiles: string;
  /** Symbols, in the order of maps and prediction. */
  readonly genes: readonly string[];
  /** Mean prediction over the rows, one a gene (or the one response). */
  readonly prediction: Float32Array;
  /** Names of the pathways, in the order of the maps; empty where the model knows none. */
  readonly pathways: readonly string[];
  /** Pathways that the data name as the drug's own. */
  readonly knownPathways: readonly string[];
  /** Empty where the model does not look at fragments. */
  readonly fragments: readonly ExplainedFragment[];
  /** By what asks and what is looked at: `pathway-fragment`, `gene-pathway`, `gene-fragment`, `gene-gene`. */
  readonly maps: Readonly<Partial<Record<MapName, MeanMap>>>;
  /** The strongest pairs of genes, strongest first; empty where there is no gene-gene map that has no direction. */
  readonly pairs: readonly ExplainedPair[];
  /** Every head by itself, [heads, queries, keys] under the name of its PyTorch module; empty where there are no heads. */
  readonly heads: NamedTensors;
  /** Of a model on a knowledge graph. */
  readonly graph?: GraphExplanation;
}

/** Which map. */
export type MapName = "pathway-fragment" | "gene-pathway" | "gene-fragment" | "gene-gene";
