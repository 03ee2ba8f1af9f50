import { join } from "node:path";
import type { Dataset } from "../dataset.ts";
import { cellAliasesFile } from "../identity/cell_identity.ts";
import type { ProfileInputs } from "../layouts/basal_profiles/inputs.ts";
import { sourceFiles } from "../layouts/common/source_files.ts";
import { profiles } from "../layouts/profiles/profiles.ts";
import { meanOfRows } from "../matrix.ts";
import { Chemistry } from "../molecules/chemistry.ts";
import { readCsv } from "../readers/csv.ts";
import { requireColumn } from "../readers/named_columns.ts";
import { writeFileAtomic } from "../readers/write_file_atomic.ts";
import { UserError } from "../user_error.ts";
import type { AnchorRow } from "./anchor_files.ts";
import { relationCounts } from "./graph.ts";
import type { StoredGraph } from "./graph_file.ts";
import { GraphDraft } from "./graph_draft.ts";
import { GeneNodes } from "./gene_nodes.ts";
import { type MergedDrug, mergeDrugs } from "./merge_drugs.ts";
import type { NodeFeatures } from "./node_features.ts";
import { readDrugIds } from "./read_drug_ids.ts";
import { type EmbeddingFile, readEmbeddings } from "./read_embeddings.ts";
import { readGeneSets } from "./read_gene_sets.ts";
import type { GeneSet } from "../formats/gmt.ts";
import { draftOfPrimekg, type ReadProgress } from "./read_primekg.ts";
import { normalisedName, readTargets } from "./read_targets.ts";
import { writeKnowledgeFolder } from "./write_knowledge_folder.ts";
import { system } from "../../host/system.ts";

/** What a graph is made of. */
export interface PrepareKnowledgeOptions {
  /** Folder to write: a new one. */
  readonly output: string;
  /** Rows: a folder of the layout `profiles`. */
  readonly rows: string;
  /** kg.csv, or nodes.csv and edges.csv; absent: a graph from the other files alone. */
  readonly primekg?: readonly string[];
  /** Known targets of drugs. */
  readonly targets?: readonly string[];
  /** DrugBank ids with InChIKeys and synonyms. */
  readonly drugIds?: string;
  /** Symbols and NCBI ids of genes. */
  readonly geneIds?: string;
  /** GMT files. */
  readonly geneSets?: readonly string[];
  /** CSV files of interactions: source, target. */
  readonly interactions?: readonly string[];
  /** Vectors of nodes. */
  readonly features?: readonly EmbeddingFile[];
  /** Leave vectors of nodes out that the graph does not have. */
  readonly skipUnknown?: boolean;
  /** Edges of each cell line to the so many genes that it expresses most above the mean line; 0 by default. */
  readonly cellEdges?: number;
  /** Replace what the folder holds. */
  readonly force?: boolean;
  onProgress?(progress: ReadProgress): void;
}

/** What became of it. */
export interface PreparedKnowledge {
  readonly nodes: number;
  readonly edges: number;
  /** Directed edges by relation. */
  readonly relations: Readonly<Record<string, number>>;
  readonly drugs: readonly MergedDrug[];
  /** Landmark genes that the graph had, and that were added. */
  readonly genes: { readonly known: number; readonly added: number };
  readonly cells: number;
  /** Gene sets that are left out because they are named after a drug of the rows. */
  readonly leftOutSets: readonly string[];
  readonly features: readonly {
    readonly type: string;
    readonly file: string;
    readonly nodes: number;
    readonly unknown: number;
  }[];
  /** Sentences for people. */
  readonly notes: readonly string[];
}

/**
 * Makes a folder of the layout `knowledge-graph`: the rows as they are, and a graph in which their drugs, genes and cell lines are nodes.
 *
 * Leakage (kg-gat.md 3.5): of the rows only structures, names, cell lines and untreated profiles are looked at, never a treated one; a
 * gene set that is named after a drug of the rows may have been read off treated profiles and is left out.
 *
 * @throws {UserError} for any fault of the files; nothing is written then.
 */
export async function prepareKnowledgeGraph(options: PrepareKnowledgeOptions): Promise<PreparedKnowledge> {
  await requireFree(options);
  const context = { identity: "parent" } as const;
  const rows = await profiles.read(options.rows, profiles.settings.parse({ ppi: "none" }), context);
  const draft = options.primekg
    ? await draftOfPrimekg(options.primekg, options.onProgress)
    : new GraphDraft();
  const genes = new GeneNodes(
    draft,
    options.geneIds === undefined ? undefined : await readGeneIds(options.geneIds),
  );
  const known = rows.inputs.genes.filter((symbol) => genes.find(symbol) !== undefined).length;
  for (const symbol of rows.inputs.genes) genes.of(symbol);
  const drugs = mergeDrugs(draft, genes, rows.drug, rows.structures, {
    ids: options.drugIds === undefined ? undefined : await readDrugIds(options.drugIds),
    targets: await Promise.all((options.targets ?? []).map(readTargets)),
  }, await Chemistry.load());
  const leftOutSets = await addGeneSets(draft, genes, options.geneSets ?? [], rows.drug.names);
  for (const file of options.interactions ?? []) await addInteractions(draft, genes, file);
  const cells = rows.cell.names.map((name) =>
    draft.addNode({ type: "cell_line", id: name, name, source: "rows" })
  );
  addCellEdges(draft, genes, rows, cells, options.cellEdges ?? 0);
  const features: (NodeFeatures & { unknown: number })[] = [];
  for (const file of options.features ?? []) {
    const { features: own, unknown } = await readEmbeddings(file, draft, options.skipUnknown);
    features.push({ ...own, unknown });
  }
  const used = [
    ...options.primekg ?? [],
    ...[options.drugIds, options.geneIds].filter((file) => file !== undefined),
    ...[options.targets, options.geneSets, options.interactions].flatMap((files) => files ?? []),
    ...(options.features ?? []).map(({ file }) => file),
  ];
  const merged = draft.finish(await sourceFiles("", used));
  const relations: Record<string, number> = {};
  relationCounts(merged).forEach((count, number) => {
    const { name } = merged.relations[number];
    relations[name] = (relations[name] ?? 0) + count;
  });
  const result: PreparedKnowledge = {
    nodes: merged.ids.length,
    edges: merged.incoming.source.length,
    relations,
    drugs,
    genes: { known, added: genes.added },
    cells: cells.length,
    leftOutSets,
    features: features.map(({ type, file, nodes, unknown }) => ({
      type,
      file,
      nodes: nodes.length,
      unknown,
    })),
    notes: notesOn(drugs, leftOutSets, merged.incoming.starts),
  };
  await writeWhole(
    options,
    rows,
    { graph: merged, features: features.map(({ unknown: _, ...own }) => own) },
    cells,
    result,
  );
  return result;
}

function notesOn(
  drugs: readonly MergedDrug[],
  leftOutSets: readonly string[],
  starts: Uint32Array,
): string[] {
  const alone = drugs.filter(({ node }) => starts[node + 1] === starts[node]).length;
  return [
    "No edge or feature is made from a treated profile: of the rows only structures, names, cell lines and untreated profiles were looked at.",
    `${drugs.length - alone} of the ${drugs.length} drugs of the rows have edges, ${alone} stand alone.`,
    ...(leftOutSets.length > 0
      ? [
        `${leftOutSets.length} gene sets are named after a drug of the rows and were left out: they may have been read off treated profiles.`,
      ]
      : []),
  ];
}

/** Writes beside the folder, then puts it in its place. */
async function writeWhole(
  { output, rows: source, force }: PrepareKnowledgeOptions,
  rows: Dataset<ProfileInputs>,
  stored: StoredGraph,
  cells: readonly number[],
  result: PreparedKnowledge,
): Promise<void> {
  const { samples, basal, genes } = rows.inputs;
  const beside = `${output}.part-${crypto.randomUUID().slice(0, 8)}`;
  const anchors = (
    names: readonly string[],
    of: Uint32Array,
    texts: readonly string[],
    rowsOf: readonly { node: number; how: string }[],
  ): AnchorRow[] => {
    const first = new Map<string, number>();
    texts.forEach((text, row) => first.has(text) || first.set(text, of[row]));
    return names.length === 0 ? [] : [...first].map(([text, unit]) => ({ text, ...rowsOf[unit] }));
  };
  try {
    await writeKnowledgeFolder(beside, {
      rows: {
        kind: "pretraining",
        genes,
        samples,
        basal,
        perturbed: rows.truth!,
      },
      ...stored,
      drugs: anchors(
        rows.drug.names,
        rows.drug.of,
        samples.smiles,
        result.drugs.map(({ node, how }) => ({ node, how })),
      ),
      cells: anchors(
        rows.cell.names,
        rows.cell.of,
        samples.cells ?? samples.smiles.map(() => ""),
        cells.map((node) => ({ node, how: "new" })),
      ),
    });
    const aliases = join(source, cellAliasesFile);
    if (await system.stat(aliases).then(() => true, () => false)) {
      await system.copyFile(aliases, join(beside, cellAliasesFile));
    }
    await writeFileAtomic(join(beside, "merge.json"), JSON.stringify(result, null, 1) + "\n");
    if (force) await system.remove(output, { recursive: true }).catch(() => {});
    await system.rename(beside, output);
  } catch (error) {
    await system.remove(beside, { recursive: true }).catch(() => {});
    throw error;
  }
}

/** @throws {UserError} when the folder is there already. */
async function requireFree({ output, force }: PrepareKnowledgeOptions): Promise<void> {
  const there = await system.stat(output).catch(() => undefined);
  if (!there || force) return;
  throw new UserError(
    `${output} is there already; choose another folder with --out, or replace it with --force.`,
  );
}

/** Symbol -> NCBI id. */
async function readGeneIds(path: string): Promise<Map<string, string>> {
  const ids = new Map<string, string>();
  let symbol = 0, id = 0;
  await readCsv(path, {
    unnamedFirst: true,
    header(columns) {
      symbol = requireColumn(path, columns, "symbol", "gene");
      id = requireColumn(path, columns, "entrez_id", "ncbi_id", "id");
    },
    row: (cells) => void ids.set(cells[symbol].trim(), cells[id].trim()),
  });
  return ids;
}

/** Sets become pathways with an edge to each of their genes. @returns names of sets that were left out. */
async function addGeneSets(
  draft: GraphDraft,
  genes: GeneNodes,
  files: readonly string[],
  drugs: readonly string[],
): Promise<string[]> {
  const leftOut: string[] = [];
  const names = new Set(drugs.map(normalisedName).filter((name) => name.length >= 4));
  const isOfDrug = ({ name }: GeneSet) => {
    const words = name.split(/[^A-Za-z0-9-]+/).map(normalisedName);
    return words.some((word) => names.has(word));
  };
  for (const file of files) {
    const sets = await readGeneSets(file);
    requireKnownIds(file, sets, genes);
    for (const set of sets) {
      if (isOfDrug(set)) {
        leftOut.push(set.name);
        continue;
      }
      const node = draft.addNode({
        type: "pathway",
        id: set.name,
        name: set.name,
        source: file.split("/").at(-1)!,
      });
      for (const gene of new Set(set.genes.map((gene) => genes.of(gene)))) {
        draft.link("pathway_protein", gene, node);
      }
    }
  }
  return leftOut;
}

/** @throws {UserError} for sets of ids none of which is known: they would become genes of their own. */
function requireKnownIds(file: string, sets: readonly GeneSet[], genes: GeneNodes): void {
  const all = sets.flatMap((set) => set.genes);
  if (!all.every((gene) => /^\d+$/.test(gene)) || all.some((gene) => genes.find(gene) !== undefined)) return;
  throw new UserError(
    `${file}: found Entrez ids (${
      all[0]
    }, ...), none of which is a gene of the graph; give their symbols with --gene-ids FILE, or a file of symbols.`,
  );
}

/** Interactions in both directions, each pair once. */
async function addInteractions(draft: GraphDraft, genes: GeneNodes, file: string): Promise<void> {
  const seen = new Set<string>();
  let source = 0, target = 0;
  await readCsv(file, {
    header(columns) {
      source = requireColumn(file, columns, "source");
      target = requireColumn(file, columns, "target");
    },
    row(cells) {
      const ends = [cells[source], cells[target]].map((gene) => genes.of(gene.trim())).sort((a, b) => a - b);
      if (ends[0] === ends[1] || seen.has(ends.join())) return;
      seen.add(ends.join());
      draft.link("protein_protein", ends[0], ends[1]);
    },
  });
}

/** Edges of a cell line to the genes that it expresses most above the mean line, from untreated profiles (kg-gat.md 3.5). */
function addCellEdges(
  draft: GraphDraft,
  genes: GeneNodes,
  { cell, inputs: { basal, genes: symbols } }: Dataset<ProfileInputs>,
  nodes: readonly number[],
  count: number,
): void {
  if (count === 0) return;
  if (nodes.length < 2) {
    throw new UserError(
      "Edges of cell lines need at least two lines to tell apart, found one; leave --cell-edges out.",
    );
  }
  const means = nodes.map((_, unit) =>
    meanOfRows(basal, [...cell.of.keys()].filter((row) => cell.of[row] === unit))
  );
  const mean = means[0].map((_, gene) => means.reduce((sum, own) => sum + own[gene], 0) / nodes.length);
  means.forEach((own, unit) => {
    const order = symbols.map((_, gene) => gene).sort((a, b) => own[b] - mean[b] - (own[a] - mean[a]));
    for (const gene of order.slice(0, count)) {
      draft.link("cell_expresses", nodes[unit], genes.of(symbols[gene]));
    }
  });
}
