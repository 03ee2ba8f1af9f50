/** A node on a path. */
export interface PathNode {
  /** What people call it. */
  readonly name: string;
  /** Type of the node, such as `gene/protein`. */
  readonly type: string;
  /** In the graph's files. */
  readonly id: string;
}

/** A way from the drug into the graph, against the direction of its edges. */
export interface GraphPath {
  /** The drug first. */
  readonly nodes: readonly PathNode[];
  /** One a step: name of the relation. */
  readonly relations: readonly string[];
  /** Product of the attention weights on the way, averaged over heads: the same for every cell line and gene. */
  readonly attention: number;
  /** Attention x gradient: what the messages on this way add to the output that is explained, to first order. */
  readonly contribution: number;
}

/** Paths of the same types of nodes and relations. */
export interface PathKind {
  /** \`drug < drug_protein < gene/protein < protein_protein < gene/protein\` */
  readonly name: string;
  /** How many. */
  readonly paths: number;
  /** Of all absolute contributions of paths of full length. */
  readonly share: number;
}

/** What becomes of the prediction without some edges. */
export interface FidelityPoint {
  /** Edges that are deleted. */
  readonly edges: number;
  /** Change of the output without the strongest edges. */
  readonly strongest: number;
  /** Mean of the change without as many random edges of the same relations and degrees. */
  readonly random: number;
  /** Sample standard deviation of those changes. */
  readonly deviation: number;
  /** How often random edges were drawn. */
  readonly draws: number;
}

/** Attention on one edge. */
export interface EdgeAttention {
  /** Where the message comes from. */
  readonly source: PathNode;
  /** Name of the relation. */
  readonly relation: string;
  /** Where it goes. */
  readonly destination: PathNode;
  /** From 1. */
  readonly layer: number;
  /** One a head. */
  readonly weights: readonly number[];
}

/** What a prediction takes from a graph. */
export interface GraphExplanation {
  /** Gene whose change is explained; null: the whole predicted change, along its own direction. */
  readonly gene: string | null;
  /** Predicted change of that gene, or root mean square of all changes. */
  readonly output: number;
  /** Strongest first, by absolute contribution: steps from the drug, and ways of full length. */
  readonly paths: readonly GraphPath[];
  /** Of full length, the greatest share first. */
  readonly kinds: readonly PathKind[];
  /** By growing numbers of deleted edges. */
  readonly fidelity: readonly FidelityPoint[];
  /** Of every edge that the drug's state depends on. */
  readonly attention: readonly EdgeAttention[];
  /** Of simulated data: whether the drug's true targets stand first among the nodes that it takes messages from. */
  readonly truth?: {
    readonly targets: readonly string[];
    readonly auroc: number;
    readonly neighbours: number;
  };
}

/** Types and relations of a path, from the drug outwards: what paths of one kind have in common. */
export function kindName({ nodes, relations }: Pick<GraphPath, "nodes" | "relations">): string {
  return nodes.map(({ type }, at) => at === 0 ? type : `${relations[at - 1]} < ${type}`).join(" < ");
}
