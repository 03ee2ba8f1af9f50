import { geneFinder, type MatchedGene } from "../identity/gene_identity.ts";
import type { PpiGraph } from "../types.ts";
import { UserError } from "../user_error.ts";
import { numberCell } from "./cell_readers.ts";
import { findColumn } from "./column_names.ts";
import { placeText, readCsv, RowError } from "./csv.ts";
import { listNames, requireColumn } from "./named_columns.ts";
import { ppiFromEdges, type PpiOptions } from "./ppi_graph.ts";

/** A PPI graph and what was left of the file. */
export interface PpiFromFile extends PpiGraph {
  /** The edge file. */
  readonly file: string;
  /** Distinct undirected edges among the genes, self loops not counted. */
  readonly edgesInside: number;
  /** Rows of the file with at least one end outside the genes. */
  readonly edgesOutside: number;
  /** Rows below the least score. */
  readonly edgesBelow: number;
  /** What a reader has to know: few edges, other spellings, scores that were not looked at. */
  readonly notes: readonly string[];
}

/** How edges are read. */
export interface PpiEdgeOptions extends PpiOptions {
  /** Edges with a lower score are left out; null: all stay. STRING writes scores from 0 to 1000, or 0 to 1 for people. */
  readonly minScore?: number | null;
  /** File of names of the file's proteins (STRING's `protein.info` or `protein.aliases`). */
  readonly aliases?: string | null;
}

/** Columns of the two ends, of edge lists and of STRING. */
const sourceNames: [string, ...string[]] = [
  "source",
  "protein1",
  "node1",
  "gene1",
  "from",
  "interactor_a",
  "protein_a",
  "gene_a",
  "symbol1",
];
const targetNames: [string, ...string[]] = [
  "target",
  "protein2",
  "node2",
  "gene2",
  "to",
  "interactor_b",
  "protein_b",
  "gene_b",
  "symbol2",
];
const scoreNames = ["combined_score", "score", "weight", "confidence"];

/**
 * Reads undirected edges (`STRING_edges.csv`: `source`, `target`, gene symbols; STRING's own link files, parted by blanks, with a
 * score; further columns are ignored) and keeps those among `genes` (csg2a.md 6.7). Genes are found whatever their capitals, and by any
 * symbol of theirs.
 *
 * @throws {UserError} when the file is missing or faulty, or none of the genes occurs in it.
 */
export async function readPpiEdges(
  path: string,
  genes: readonly string[],
  options: PpiEdgeOptions = {},
): Promise<PpiFromFile> {
  const { minScore = null } = options;
  const names = options.aliases ? await readProteinNames(options.aliases) : undefined;
  const find = geneFinder(genes);
  const known = new Map<string, MatchedGene | undefined>();
  const geneOf = (name: string) => {
    if (!known.has(name)) known.set(name, found(name, find, names));
    return known.get(name);
  };
  const edges: [number, number][] = [], notes: string[] = [];
  const outside = new Set<string>();
  let source = 0, target = 0, score = -1, most = 0, edgesOutside = 0, edgesBelow = 0, met = false;
  const rows = await readCsv(path, {
    blanks: true,
    unnamedFirst: true,
    note: (sentence) => notes.push(sentence),
    header(columns) {
      const plain = columns.map((name) => name.replace(/^#/, ""));
      source = requireColumn(path, plain, ...sourceNames);
      target = requireColumn(path, plain, ...targetNames);
      score = findColumn(plain, scoreNames);
      if (minScore !== null && score < 0) {
        throw new UserError(
          `${path}, header: found no combined_score among ${
            listNames(columns, 5)
          }, expected one for --min-score; add it or leave the option out.`,
        );
      }
    },
    row(cells, place) {
      const ends = [cells[source].trim(), cells[target].trim()];
      if (ends.includes("")) {
        throw new RowError(
          `${placeText(place)}, column ${
            ends[0] === "" ? "source" : "target"
          }: found "", expected a gene symbol; mend or remove the row.`,
        );
      }
      if (minScore !== null) {
        const value = numberCell(cells[score], "combined_score", "a score", place);
        most = Math.max(most, value);
        if (value < minScore) {
          edgesBelow++;
          return;
        }
      }
      const [from, to] = ends.map(geneOf);
      met ||= from !== undefined || to !== undefined;
      if (from && to) {
        edges.push([from.at, to.at]);
        return;
      }
      edgesOutside++;
      if (outside.size < 3) ends.forEach((gene) => geneOf(gene) || outside.add(gene));
    },
  });
  if (rows === 0) {
    throw new UserError(
      `${path}: the file holds a header but no edges, expected one a row; export it again, or train without edges.`,
    );
  }
  if (minScore !== null && edgesBelow === rows) {
    throw new UserError(
      `${path}: none of its ${rows} edges has a score of ${minScore} or more (the highest is ${most}), expected some; lower ` +
        `--min-score${most <= 1 ? ": the scores of this file go from 0 to 1" : ""}.`,
    );
  }
  if (!met) throw noGeneMet(path, genes, rows, [...outside], names !== undefined);
  const graph = ppiFromEdges(genes, edges, options);
  let diagonal = 0;
  for (let row = 0; row < genes.length; row++) {
    if (graph.indices.subarray(graph.indptr[row], graph.indptr[row + 1]).includes(row)) diagonal++;
  }
  const edgesInside = (graph.indices.length - diagonal) / 2;
  return {
    ...graph,
    file: path,
    edgesInside,
    edgesOutside,
    edgesBelow,
    notes: [
      ...notes,
      ...spellingNotes(path, genes, known),
      ...(edgesInside < genes.length / 10
        ? [
          `${path}: only ${edgesInside} interactions lie among the ${genes.length} genes: the model hardly sees any; check that ` +
          `both name genes alike${outside.size > 0 ? ` (outside: ${listNames([...outside], 3)})` : ""}.`,
        ]
        : []),
    ],
  };
}

function found(
  name: string,
  find: (name: string) => MatchedGene | undefined,
  names: ReadonlyMap<string, readonly string[]> | undefined,
): MatchedGene | undefined {
  const own = find(name);
  if (own) return own;
  for (const other of names?.get(plainProtein(name)) ?? []) {
    const match = find(other);
    if (match?.by === "name") return match;
  }
  for (const other of names?.get(plainProtein(name)) ?? []) {
    const match = find(other);
    if (match) return match;
  }
  return undefined;
}

/** Without the number of the species: `9606.ENSP00000269305` and `ENSP00000269305` are one. */
function plainProtein(name: string): string {
  return name.replace(/^\d+\./, "");
}

/** Names of proteins: STRING's `protein.info` (a preferred name each) or `protein.aliases` (many). */
async function readProteinNames(path: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const names = new Map<string, string[]>();
  let protein = 0, name = 0;
  await readCsv(path, {
    blanks: true,
    header(columns) {
      const plain = columns.map((column) => column.replace(/^#/, ""));
      protein = requireColumn(path, plain, "string_protein_id", "protein_external_id", "protein", "name");
      name = requireColumn(path, plain, "preferred_name", "alias", "symbol", "gene");
    },
    row(cells) {
      const key = plainProtein(cells[protein].trim());
      const own = names.get(key);
      if (own) own.push(cells[name].trim());
      else names.set(key, [cells[name].trim()]);
    },
  });
  return names;
}

function noGeneMet(
  path: string,
  genes: readonly string[],
  rows: number,
  outside: readonly string[],
  named: boolean,
): UserError {
  const proteins = !named && outside.some((name) => /ENSP\d+/.test(name));
  return new UserError(
    `${path}: none of the ${genes.length} genes (${listNames(genes, 3)}) occurs in its ${rows} edges (${
      listNames(outside, 3)
    }), expected the same kind of gene symbols in both; ` +
      (proteins
        ? "STRING's proteins need their names: --ppi-aliases FILE (its protein.info or protein.aliases file)."
        : "check that this is the right edge file."),
  );
}

function spellingNotes(
  path: string,
  genes: readonly string[],
  known: ReadonlyMap<string, MatchedGene | undefined>,
): string[] {
  const other = [...known].filter(([, match]) => match && match.by !== "name");
  if (other.length === 0) return [];
  const shown = other.slice(0, 3).map(([name, match]) => `${name} is ${genes[match!.at]}`).join(", ");
  return [
    `${path}: ${other.length} of its genes are written otherwise than in the data and were found (${shown}${
      other.length > 3 ? ", ..." : ""
    }).`,
  ];
}
