import { type KnowledgeGraph, typeCounts } from "../../datasets/knowledge_graph/graph.ts";
import { readPrimekg } from "../../datasets/knowledge_graph/read_primekg.ts";
import { Chemistry } from "../../datasets/molecules/chemistry.ts";
import { deepchemScaffoldSplit } from "../../datasets/splits/deepchem_scaffold_split.ts";
import type { GoldenCheck } from "./compare.ts";

interface ExpectedGraph {
  readonly nodes: number;
  readonly rows: number;
  readonly node_types: Readonly<Record<string, number>>;
  readonly relations: Readonly<Record<string, number>>;
  readonly typed_edges: readonly {
    readonly src_type: string;
    readonly relation: string;
    readonly dst_type: string;
    readonly edges: readonly (readonly [number, number])[];
  }[];
  readonly in_degree: readonly number[];
  readonly out_degree: readonly number[];
  readonly csr_by_destination: { readonly rowptr: readonly number[]; readonly src: readonly number[] };
}

/** Equality of what can be written as JSON, as a check. */
function same(name: string, found: unknown, expected: unknown): GoldenCheck {
  const [own, theirs] = [found, expected].map((value) => JSON.stringify(value));
  const passed = own === theirs;
  return {
    name,
    worst: passed ? 0 : 1,
    tolerance: 0,
    passed,
    ...(passed ? {} : { detail: `found ${own.slice(0, 120)}, expected ${theirs.slice(0, 120)}` }),
  };
}

/** The small graph in PrimeKG's files: nodes, edges of every relation in the order of the file, both indices. */
export async function checkMinikg(folder: string): Promise<GoldenCheck[]> {
  const expected = JSON.parse(await Deno.readTextFile(`${folder}/expected.json`)) as ExpectedGraph;
  const graph = await readPrimekg([`${folder}/edges.csv`, `${folder}/nodes.csv`]);
  const whole = await readPrimekg([`${folder}/kg.csv`]);
  const { incoming, outgoing } = graph;
  const degrees = (starts: Uint32Array) =>
    Array.from(graph.ids, (_, node) => starts[node + 1] - starts[node]);
  return [
    same("nodes", graph.ids.length, expected.nodes),
    same("rows", incoming.source.length, expected.rows),
    same(
      "node types",
      sorted(graph.types.map((type, at) => [type, typeCounts(graph)[at]])),
      sorted(Object.entries(expected.node_types)),
    ),
    same("relations", sorted(Object.entries(byName(graph))), sorted(Object.entries(expected.relations))),
    same("typed edges", typedEdges(graph), expectedEdges(expected)),
    same("in-degrees", degrees(incoming.starts), expected.in_degree),
    same("out-degrees", degrees(outgoing.starts), expected.out_degree),
    same("csr starts", [...incoming.starts], expected.csr_by_destination.rowptr),
    same("csr sources", [...incoming.source], expected.csr_by_destination.src),
    same("csc", outsideIn(graph), insideOut(graph)),
    // kg.csv mentions no node without edges; all else must be the same graph.
    same("kg.csv", namedEdges(whole), namedEdges(graph)),
  ];
}

const sorted = (entries: readonly (readonly unknown[])[]) => entries.map((entry) => entry.join(" ")).sort();

function byName({ relations, incoming }: KnowledgeGraph): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const number of incoming.relation) {
    const { name } = relations[number];
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

/** Ends of the edges of each directed relation as numbers within their types; sorted, since a graph keeps them by node. */
function typedEdges(graph: KnowledgeGraph): string[] {
  const seen = graph.types.map(() => 0);
  const local = Array.from(graph.typeOf, (type) => seen[type]++);
  return edgesOf(graph).map(({ source, relation, destination }) => {
    const { source: from, name, destination: to } = graph.relations[relation];
    return [from, name, to, local[source], local[destination]].join(" ");
  }).sort();
}

function expectedEdges({ typed_edges }: ExpectedGraph): string[] {
  return typed_edges.flatMap(({ src_type, relation, dst_type, edges }) =>
    edges.map(([source, destination]) => [src_type, relation, dst_type, source, destination].join(" "))
  ).sort();
}

function namedEdges(graph: KnowledgeGraph): string[] {
  const name = (node: number) => `${graph.types[graph.typeOf[node]]} ${graph.ids[node]} ${graph.names[node]}`;
  return edgesOf(graph).map(({ source, relation, destination }) =>
    [name(source), graph.relations[relation].name, name(destination)].join(" > ")
  );
}

function edgesOf({ ids, incoming: { starts, source, relation } }: KnowledgeGraph) {
  return ids.flatMap((_, destination) =>
    Array.from(source.subarray(starts[destination], starts[destination + 1]), (from, k) => ({
      source: from,
      destination,
      relation: relation[starts[destination] + k],
    }))
  );
}

/** Every edge by its place among the incoming ones, as the outgoing index tells it. */
function outsideIn({ ids, outgoing: { starts, destination, slot } }: KnowledgeGraph): string[] {
  const edges: string[] = [];
  ids.forEach((_, source) => {
    for (let at = starts[source]; at < starts[source + 1]; at++) {
      edges[slot[at]] = `${source} ${destination[at]}`;
    }
  });
  return edges;
}

function insideOut(graph: KnowledgeGraph): string[] {
  return edgesOf(graph).map(({ source, destination }) => `${source} ${destination}`);
}

interface Scaffolds {
  readonly molecules: readonly {
    readonly smiles: string;
    readonly scaffold: string;
    readonly group: number;
  }[];
  readonly split: {
    readonly train: readonly number[];
    readonly valid: readonly number[];
    readonly test: readonly number[];
  };
  readonly edge_cases: readonly { readonly smiles: string; readonly scaffold: string }[];
}

/** Scaffolds of drugs: the partition (texts depend on RDKit's version), DeepChem's split of it, and the edge cases. */
export async function checkScaffolds(file: string): Promise<GoldenCheck[]> {
  const golden = JSON.parse(await Deno.readTextFile(file)) as Scaffolds;
  const chemistry = await Chemistry.load();
  const scaffolds = golden.molecules.map(({ smiles }) => chemistry.scaffold(smiles));
  const drugs = Uint32Array.from(scaffolds, (_, row) => row);
  const split = deepchemScaffoldSplit(scaffolds, drugs);
  const ascending = (rows: Iterable<number>) => [...rows].sort((a, b) => a - b);
  const canonical = (smiles: string) =>
    smiles && chemistry.canonicalSmiles(chemistry.canonicalSmiles(smiles));
  return [
    same("partition", partition(scaffolds), partition(golden.molecules.map(({ group }) => group))),
    same("train", ascending(split.train), ascending(golden.split.train)),
    same("validation", ascending(split.validation), ascending(golden.split.valid)),
    same("test", ascending(split.test), ascending(golden.split.test)),
    same(
      "edge cases",
      golden.edge_cases.map(({ smiles }) => chemistry.scaffold(smiles)),
      golden.edge_cases.map(({ scaffold }) => canonical(scaffold)),
    ),
  ];
}

/** Which rows are together: each row's first companion. */
function partition(labels: readonly unknown[]): number[] {
  const first = new Map<unknown, number>();
  return labels.map((label, row) => {
    if (!first.has(label)) first.set(label, row);
    return first.get(label)!;
  });
}
