import { RandomStream } from "../random.ts";
import { simulateCells } from "../simulator/simulator_cells.ts";
import { simulatedDecoys, simulatedDrugs } from "../simulator/simulator_drugs.ts";
import { simulateNetwork } from "../simulator/simulator_network.ts";
import { resolveSimulatorOptions } from "../simulator/simulator_options.ts";
import { cellularProcesses } from "../simulator/simulator_processes.ts";
import type { KnowledgeGraph } from "./graph.ts";
import { GraphDraft } from "./graph_draft.ts";
import { primekgRelations } from "./primekg_relations.ts";

/** A graph around the simulator's drugs, genes and cell lines, in which their mechanisms are known. */
export interface SimulatedGraph {
  readonly graph: KnowledgeGraph;
  readonly features: readonly [];
  readonly drugs: readonly { readonly text: string; readonly node: number; readonly how: string }[];
  readonly cells: readonly { readonly text: string; readonly node: number; readonly how: string }[];
  /** Genes that each drug node truly acts on. */
  readonly mechanisms: ReadonlyMap<number, readonly number[]>;
  readonly notes: readonly string[];
}

/** Nodes of PrimeKG's other types; a hundredth to a thousandth of its own. */
const fillers: Readonly<Record<string, number>> = {
  anatomy: 40,
  biological_process: 90,
  cellular_component: 30,
  disease: 80,
  drug: 60,
  "effect/phenotype": 70,
  exposure: 12,
  molecular_function: 50,
  pathway: 12,
};

/** Undirected edges that say nothing, by relation: about PrimeKG's proportions. */
const noise: Readonly<Record<string, number>> = {
  anatomy_protein_present: 3000,
  drug_drug: 2400,
  disease_phenotype_positive: 300,
  bioprocess_protein: 280,
  cellcomp_protein: 160,
  disease_protein: 160,
  molfunc_protein: 140,
  drug_effect: 130,
  bioprocess_bioprocess: 100,
  pathway_protein: 60,
  disease_disease: 60,
  contraindication: 60,
  drug_protein: 60,
  anatomy_protein_absent: 40,
  phenotype_phenotype: 36,
  anatomy_anatomy: 28,
  molfunc_molfunc: 26,
  indication: 20,
  cellcomp_cellcomp: 10,
  phenotype_protein: 8,
  "off-label use": 6,
  exposure_disease: 6,
  exposure_exposure: 4,
  exposure_bioprocess: 4,
  exposure_protein: 4,
  disease_phenotype_negative: 4,
  exposure_molfunc: 2,
  exposure_cellcomp: 2,
};

/** PrimeKG's largest hubs have a hundred times the mean degree; here a node of rank r is drawn with weight (r + 1)^-0.6. */
const skew = 0.6;

/**
 * A generated graph in PrimeKG's shape: its ten types of nodes, all thirty relations in about its proportions, with hubs.
 *
 * Planted, because the simulator's response follows from it: the true targets of every drug (`drug_protein`), the processes that
 * genes belong to and how these drive each other (pathways), the interactions of genes (`protein_protein`). All else is drawn at
 * random: false targets of other drugs, tissues that express everything, diseases and side effects. Decoys have a random target or no edge at all.
 *
 * @param options of the simulator.
 */
export function simulateGraph(options: Readonly<Record<string, unknown>>): SimulatedGraph {
  const { seed, genes: geneCount, cells, drugs: active, decoys } = resolveSimulatorOptions(options);
  const network = simulateNetwork(seed, geneCount);
  const random = new RandomStream(seed, 0x96);
  const draft = new GraphDraft();
  const node = (type: string, id: string, name: string) =>
    draft.addNode({ type, id, name, source: "simulator" });
  const genes = network.genes.map((name, gene) => node("gene/protein", String(gene + 1), name));
  const pathways = cellularProcesses.map(({ name }, number) =>
    node("pathway", `process ${number + 1}`, name)
  );
  const others: Record<string, number[]> = Object.fromEntries(
    Object.entries(fillers).map(([type, count]) => [
      type,
      Array.from(
        { length: count },
        (_, number) => node(type, `${type} ${number + 1}`, `${type} ${number + 1}`),
      ),
    ]),
  );
  const mechanisms = new Map<number, number[]>();
  const drugs = [...simulatedDrugs.slice(0, active), ...simulatedDecoys.slice(0, decoys)].map(
    (drug, number) => {
      const own = node("drug", `SIM${number + 1}`, drug.name);
      const targets = drug.targets.map((symbol) => genes[network.genes.indexOf(symbol)]).filter((gene) =>
        gene >= 0
      );
      mechanisms.set(own, targets);
      for (const gene of targets) draft.link("drug_protein", own, gene);
      // Of the decoys every other one has a target by chance, the rest stand alone as drugs of which nothing is known.
      if (targets.length === 0 && number % 2 === 0) draft.link("drug_protein", own, random.pick(genes));
      return { text: drug.smiles, node: own, how: "simulated" };
    },
  );
  network.genes.forEach((_, gene) => {
    draft.link("pathway_protein", genes[gene], pathways[network.processOf[gene]]);
    for (
      const other of network.ppi.indices.subarray(network.ppi.indptr[gene], network.ppi.indptr[gene + 1])
    ) {
      if (other > gene) draft.link("protein_protein", genes[gene], genes[other]);
    }
  });
  cellularProcesses.forEach(({ drives }, from) => {
    for (const name of Object.keys(drives)) {
      draft.link(
        "pathway_pathway",
        pathways[from],
        pathways[cellularProcesses.findIndex((other) => other.name === name)],
      );
    }
  });
  const linked = drugs.map((drug) => drug.node).filter((own, number) =>
    mechanisms.get(own)!.length > 0 || number % 2 === 0
  );
  const pools: Readonly<Record<string, readonly number[]>> = { ...others, "gene/protein": genes };
  addNoise(
    draft,
    { ...pools, drug: [...others.drug, ...linked] },
    others.drug,
    random,
  );
  const lines = simulateCells(seed, network, cells).map(({ name }) => ({
    text: name,
    node: node("cell_line", name, name),
    how: "simulated",
  }));
  return {
    graph: draft.finish(),
    features: [],
    drugs,
    cells: lines,
    mechanisms,
    notes: [
      "The graph is simulated: targets, pathways and interactions are those of the simulator, all other edges are chance.",
    ],
  };
}

/** Edges that say nothing, with hubs; false targets are of drugs that are not measured alone. */
function addNoise(
  draft: GraphDraft,
  pools: Readonly<Record<string, readonly number[]>>,
  unmeasured: readonly number[],
  random: RandomStream,
): void {
  const shuffled = Object.fromEntries(
    Object.entries(pools).map((
      [type, nodes],
    ) => [type, Array.from(random.permutation(nodes.length), (at) => nodes[at])]),
  );
  for (const [name, count] of Object.entries(noise)) {
    const [first, second] = primekgRelations[name].map((type) =>
      name === "drug_protein" && type === "drug" ? unmeasured : shuffled[type]
    );
    const [from, to] = [skewedPick(first, random), skewedPick(second, random)];
    for (let edge = 0; edge < count; edge++) {
      const a = from();
      let b = to();
      while (b === a) b = to();
      draft.link(name, a, b);
    }
  }
}

/** Draws nodes with weight (rank + 1)^-0.6. */
function skewedPick(nodes: readonly number[], random: RandomStream): () => number {
  const sums: number[] = [];
  nodes.forEach((_, rank) => sums.push((sums.at(-1) ?? 0) + (rank + 1) ** -skew));
  return () => {
    const wanted = random.uniform() * sums.at(-1)!;
    return nodes[sums.findIndex((sum) => sum > wanted)];
  };
}
