import { matrixOf } from "../dataset.ts";
import { checkIds } from "../formats/check_ids.ts";
import { type TableForm, writeDataTables } from "../formats/data_tables.ts";
import { cellIdentity } from "../identity/cell_identity.ts";
import { cellNames, findColumn, smilesNames } from "../readers/column_names.ts";
import { geneColumns } from "../readers/gene_columns.ts";
import { listNames, requireColumn } from "../readers/named_columns.ts";
import { placeText, readCsv, RowError } from "../readers/csv.ts";
import { isMissing, isNoName } from "../readers/missing.ts";
import { parseNumber } from "../readers/parse_number.ts";
import { quoteValue } from "../readers/quote_value.ts";
import {
  naturalLogs,
  type RawResponse,
  type ResponseColumn,
  responseColumn,
  responseNotes,
} from "../readers/response_column.ts";
import { selectMatrixRows } from "../readers/select_rows.ts";
import { robustZ } from "../statistics/robust_z.ts";
import { UserError } from "../user_error.ts";
import { columnsNamed, drugColumns, readStructures } from "./read_structures.ts";

/** Where a drug response folder comes from, and how. */
export interface PrepareScreenOptions {
  /** Folder to write, created when absent. */
  readonly output: string;
  /** How its tables are written; absent: as CSV. */
  readonly form?: TableForm;
  /** Table of ln IC50 (µM): long (cell line, drug, value), or wide (a line a row, a drug a column). */
  readonly response: string;
  /** Table of basal profiles: a cell line a row, a gene a column. */
  readonly profiles: string;
  /** Whether the profiles are z-scores already (`none`) or log2 expression to be standardised over these lines (`robust-z`). */
  readonly standardise: "robust-z" | "none";
  /** Table of cell lines with further ids (COSMIC, DepMap) of each, to join by. */
  readonly cells?: string;
  /** Table of drugs with their SMILES, where the response table has none. */
  readonly drugs?: string;
  /** Smallest 1.4826 MAD. */
  readonly floor: number;
  /** Largest |z|. */
  readonly clip: number;
}

/** What was done. */
export interface PreparedScreen {
  /** Files read. */
  readonly files: readonly string[];
  /** Pairs after each step. */
  readonly steps: readonly { readonly step: string; readonly left: number }[];
  /** Genes of a profile. */
  readonly genes: number;
  /** Cell lines written, by their own names, each with its pairs. */
  readonly lines: readonly { readonly cell: string; readonly pairs: number }[];
  /** Distinct SMILES written. */
  readonly drugs: number;
  /** Sentences on what is odd. */
  readonly notes: readonly string[];
  /** ln IC50 written. */
  readonly values: Float32Array;
}

/** One measured pair. */
interface Pair {
  readonly cell: string;
  readonly drug: string;
  readonly smiles: string;
  readonly value: number;
}

const columns = {
  cell: [...cellNames, "cosmic_id", "depmap_id", "model_id", "sanger_model_id"],
  drug: drugColumns,
  smiles: smilesNames,
} as const;

/**
 * A screen of drug response to a fine-tuning folder of CSG2A: `label` and `gex_before` (csg2a.md 6.1), lines joined by
 * whichever of their names or ids both tables have.
 *
 * @throws {UserError} when a file is faulty, or no pair has both a structure and a profile.
 *
 * @example
 * ```ts
 * await prepareScreen({
 *   output: "data/gdsc1", response: "gdsc1_ln_ic50_long.csv", profiles: "basal.csv",
 *   standardise: "none", floor: 0.1, clip: 10,
 * });
 * ```
 */
export async function prepareScreen(options: PrepareScreenOptions): Promise<PreparedScreen> {
  const { response, profiles, drugs: drugFile, cells: cellFile } = options;
  const basal = await readProfiles(profiles);
  const { pairs: all, notes: ofResponse } = await readPairs(response);
  // By the names of both files: one without a tissue is no line that stands with two of them in the other.
  const identity = cellIdentity(undefined, [...basal.cells, ...all.map(({ cell }) => cell)]);
  const aliases = cellFile === undefined
    ? new Map<string, readonly string[]>()
    : await readIds(cellFile, identity);
  const structures = drugFile === undefined ? undefined : await readStructures(drugFile);
  const steps = [{ step: "pairs read", left: all.length }];
  const keep = (step: string, pairs: readonly Pair[]) => {
    steps.push({ step, left: pairs.length });
    if (pairs.length > 0) return pairs;
    throw new UserError(
      `${response}: no pair is left after the step "${step}" (before: ${steps.at(-2)!.left}); ${
        step === "with a structure" && drugFile === undefined
          ? "give the SMILES of its drugs with --drugs FILE"
          : `look at the names in ${
            [response, profiles, cellFile, drugFile].filter((one) => one !== undefined).join(", ")
          }`
      }.`,
    );
  };
  const rowOf = rowsOfCells(profiles, basal.cells, identity);
  const row = ({ cell }: Pair) =>
    [cell, ...(aliases.get(identity(cell)) ?? [])].map((name) => rowOf.get(identity(name))).find((at) =>
      at !== undefined
    );
  const withSmiles = keep(
    "with a structure",
    all.map((pair) => ({ ...pair, smiles: pair.smiles || structures?.of(pair.drug) || "" }))
      .filter(({ smiles }) => smiles !== ""),
  );
  const pairs = keep("with a basal profile", withSmiles.filter((pair) => row(pair) !== undefined));
  const lost = (kept: readonly Pair[], from: readonly Pair[], of: (pair: Pair) => string) => {
    const left = new Set(kept.map(of));
    return [...new Set(from.map(of))].filter((name) => !left.has(name));
  };
  const notes = [
    ["drugs have no structure", lost(withSmiles, all, ({ drug }) => drug)],
    ["cell lines have no profile", lost(pairs, withSmiles, ({ cell }) => cell)],
  ].flatMap(([what, names]) =>
    names.length === 0
      ? []
      : [`${names.length} ${what as string} and are left out: ${listNames(names as string[], 5)}.`]
  );
  const rows = pairs.map((pair) => row(pair)!);
  const standardised = options.standardise === "none"
    ? basal.values
    : robustScores(basal, new Set(rows), options);
  const width = basal.genes.length;
  const values = new Float32Array(pairs.length * width);
  rows.forEach((from, to) => values.set(standardised.subarray(from * width, (from + 1) * width), to * width));
  await writeDataTables(options.output, {
    profiles: { gex_before: { genes: basal.genes, values: matrixOf(values, width) } },
    rows: {
      name: "label",
      columns: new Map<string, readonly string[] | Float32Array>([
        ["canonical_smiles", pairs.map(({ smiles }) => smiles)],
        ["IC50", Float32Array.from(pairs, ({ value }) => value)],
        ["cell_id", rows.map((at) => basal.cells[at])],
        ["drug_name", pairs.map(({ drug }) => drug)],
      ]),
    },
  }, options.form);
  const counts = Map.groupBy(rows, (at) => basal.cells[at]);
  return {
    files: [response, profiles, cellFile, drugFile].filter((one) => one !== undefined),
    steps,
    genes: width,
    lines: [...counts].map(([cell, of]) => ({ cell, pairs: of.length })).sort((a, b) => b.pairs - a.pairs),
    drugs: new Set(pairs.map(({ smiles }) => smiles)).size,
    notes: [...ofResponse, ...basal.notes, ...notes],
    values: Float32Array.from(pairs, ({ value }) => value),
  };
}

/** Profiles by name. */
export interface Profiles {
  readonly cells: readonly string[];
  readonly genes: readonly string[];
  readonly notes: readonly string[];
  readonly values: Float32Array;
}

/** Row of each cell line. @throws {UserError} when two rows are named alike but for case and punctuation: which is meant? */
function rowsOfCells(
  path: string,
  cells: readonly string[],
  identity: (name: string) => string,
): ReadonlyMap<string, number> {
  const rowOf = new Map<string, number>();
  cells.forEach((cell, row) => {
    const earlier = rowOf.get(identity(cell));
    if (earlier !== undefined) {
      throw new UserError(
        `${path}, first column, ids ${earlier + 1} and ${row + 1}: found ${quoteValue(cells[earlier])} and ${
          quoteValue(cell)
        }, one cell line, expected every line once; rename or remove one of them.`,
      );
    }
    rowOf.set(identity(cell), row);
  });
  return rowOf;
}

/**
 * A table of profiles: a name and a value a gene in every row.
 *
 * @throws {UserError} when a value is no number, a row has no name, or a name stands twice.
 */
export async function readProfiles(path: string): Promise<Profiles> {
  const cells: string[] = [], values: number[] = [];
  let genes: readonly string[] = [], columnOf: readonly number[] = [];
  const notes: string[] = [];
  await readCsv(path, {
    unnamedFirst: true,
    note: (sentence) => notes.push(sentence),
    header(header) {
      const found = geneColumns(path, header);
      ({ genes, columnOf } = found);
      notes.push(...found.notes);
    },
    row(cellsOfRow, place) {
      cells.push(cellsOfRow[0].trim());
      for (let gene = 0; gene < genes.length; gene++) {
        const cell = cellsOfRow[columnOf[gene]], value = parseNumber(cell);
        if (Number.isNaN(value)) throw notNumber(place, genes[gene], cell);
        values.push(value);
      }
    },
  });
  checkIds(`${path}, first column`, cells);
  return { cells, genes, notes, values: Float32Array.from(values) };
}

/**
 * Long or wide, told apart by whether the table has a column of an IC50; values become natural logarithms of µM as its name says.
 *
 * @throws {UserError} as `naturalLogs`, for a wide table too.
 */
async function readPairs(path: string): Promise<{ pairs: Pair[]; notes: readonly string[] }> {
  const read: (Omit<Pair, "value"> & RawResponse)[] = [], notes: string[] = [];
  let header: readonly string[] = [];
  let cell = 0, drug = -1, smiles = -1, value: ResponseColumn = wideTable;
  await readCsv(path, {
    unnamedFirst: true,
    note: (sentence) => notes.push(sentence),
    header(names) {
      header = names;
      cell = Math.max(0, findColumn(names, columns.cell));
      if (!names.some((name) => /ic50/i.test(name))) return;
      value = responseColumn(path, names);
      smiles = findColumn(names, columns.smiles);
      drug = findColumn(names, columns.drug);
      if (drug < 0 && smiles < 0) requireColumn(path, names, ...columns.drug);
    },
    row(cells, place) {
      const wide = value === wideTable;
      for (const column of wide ? header.keys().filter((column) => column !== cell) : [value.at]) {
        const text = cells[column].trim();
        if (isMissing(text)) continue;
        const number = parseNumber(text);
        if (Number.isNaN(number)) throw notNumber(place, header[column], text);
        const structure = smiles < 0 || isNoName(cells[smiles]) ? "" : cells[smiles].trim();
        // A wide table may write the number of a drug behind a word: drug_133.
        const name = wide
          ? header[column].replace(/^drug_(?=\d+$)/, "")
          : drug < 0
          ? structure
          : cells[drug].trim();
        read.push({ cell: cells[cell].trim(), drug: name, smiles: structure, value: number, place });
      }
    },
  });
  const lns = naturalLogs(value, read, (error) => {
    throw error;
  });
  return {
    pairs: read.map(({ cell, drug, smiles }, at) => ({ cell, drug, smiles, value: lns[at] })),
    notes: [...notes, ...responseNotes(path, value, lns)],
  };
}

/** Values of a table with a drug a column, whose header tells no scale. */
const wideTable: ResponseColumn = { at: -1, name: "of a drug", unnamed: true, toLn: (value) => value };

/** Every name and id of a line leads to all of them. */
async function readIds(
  path: string,
  identity: (name: string) => string,
): Promise<Map<string, readonly string[]>> {
  const all = new Map<string, readonly string[]>();
  let ids: number[] = [];
  await readCsv(path, {
    unnamedFirst: true,
    header(header) {
      ids = columnsNamed(header, columns.cell);
      if (ids.length < 2) {
        throw new UserError(
          `${path}: found ${ids.length} column of names or ids of cell lines, expected two or more of ${
            columns.cell.slice(0, 4).join(", ")
          }; rename them.`,
        );
      }
    },
    row(cells) {
      const names = ids.map((column) => cells[column].trim()).filter((name) => !isNoName(name));
      for (const name of names) all.set(identity(name), names);
    },
  });
  return all;
}

/** Robust z per gene over the lines that are used; the others stay zero. */
function robustScores(
  { genes: { length: width }, cells, values }: Profiles,
  used: ReadonlySet<number>,
  limits: PrepareScreenOptions,
): Float32Array {
  const rows = [...used];
  const { z } = robustZ(selectMatrixRows(values, width, rows), width, limits);
  const scores = new Float32Array(cells.length * width);
  rows.forEach((row, place) => scores.set(z.subarray(place * width, (place + 1) * width), row * width));
  return scores;
}

function notNumber(place: Parameters<typeof placeText>[0], column: string, found: string): RowError {
  return new RowError(
    `${placeText(place)}, column ${column}: found ${
      quoteValue(found)
    }, expected a finite number; mend or empty the cell.`,
  );
}
