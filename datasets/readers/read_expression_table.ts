import { matrixOf } from "../dataset.ts";
import { isStoredTable, openStoredTable } from "./stored_table.ts";
import { placeText, readCsv, RowError, type RowPlace } from "./csv.ts";
import { geneIdentity, symbolOfEntrez } from "../identity/gene_identity.ts";
import { isMissing } from "./missing.ts";
import { listNames } from "./named_columns.ts";
import { MissingValueError } from "./missing_values.ts";
import { describeNonNumber, parseNumber } from "./parse_number.ts";
import { quoteValue } from "./quote_value.ts";
import { RowBlocks } from "./row_blocks.ts";
import { otherColumnsNote, RowNameColumn, rowNameColumn } from "./row_name_columns.ts";
import { tableGenes } from "./table_genes.ts";
import type { ExpressionTable } from "../types.ts";
import { UserError } from "../user_error.ts";

/** Options of `readExpressionTable`. */
export interface ExpressionTableOptions {
  /**
   * When given, rows with a fault (a wrong number of values, a non-number) are handed over and reading goes on; such
   * a row keeps its place in the table, filled with zeros.
   */
  badRow?(error: RowError, place: RowPlace): void;
}

/**
 * Reads a table of expression values: header = gene symbols, one profile a row (csg2a.md 6.1). Row names are put aside, dates that
 * were genes and Entrez ids become symbols; `notes` say so.
 *
 * Text is streamed; memory is that of the values, 4 bytes each. Of a stored table (`.safetensors`) rows stay in the file.
 *
 * @throws {UserError} when the file is missing, empty or truncated, a gene occurs twice, a row is ragged, or a value is
 * no finite number; the message names file, row, column, value and what was expected.
 */
export async function readExpressionTable(
  path: string,
  options: ExpressionTableOptions = {},
): Promise<ExpressionTable> {
  if (isStoredTable(path)) return await openStoredTable(path, options.badRow?.bind(options));
  const notes: string[] = [];
  let genes: readonly string[] = [];
  /** Column of each gene, those that hold row names, and those among the genes that may hold row names. */
  let columnOf: readonly number[] = [];
  let rowNames: readonly (readonly [number, RowNameColumn])[] = [];
  let doubtful: ReadonlyMap<number, RowNameColumn> = new Map();
  let values = new RowBlocks(0);
  const rows = await readCsv(path, {
    unnamedFirst: true,
    note: (sentence) => notes.push(sentence),
    header(columns) {
      const all = [...columns.keys()];
      const kinds = columns.map(rowNameColumn);
      const own = all.filter((at) => kinds[at] === "no" || kinds[at] === "perhaps");
      if (own.length === 0) {
        throw new UserError(
          `${path}, header: found no gene among ${columns.length} columns, expected one a gene; export it again.`,
        );
      }
      rowNames = all.filter((at) => kinds[at] === "yes")
        .map((at) => [at, new RowNameColumn(columns[at], at)] as const);
      // Where nothing else could be a gene, these are.
      const doubted = own.some((at) => kinds[at] === "no") ? own.filter((at) => kinds[at] === "perhaps") : [];
      doubtful = new Map(doubted.map((at) => [at, new RowNameColumn(columns[at], at, true)]));
      const header = tableGenes(path, own.map((at) => columns[at]));
      const others = all.filter((at) => kinds[at] === "other").map((at) => columns[at]);
      notes.push(...header.notes, ...otherColumnsNote(path, others));
      genes = header.genes;
      columnOf = own;
      values = new RowBlocks(genes.length);
    },
    row(cells, place) {
      const own = values.row(place.row - 1);
      if (place.row === 1) refuseEntrezRow(path, columnOf.map((at) => cells[at]), genes);
      for (const [at, column] of rowNames) column.take(cells[at], place.row);
      for (const [at, column] of doubtful) column.take(cells[at], place.row);
      for (let gene = 0; gene < columnOf.length; gene++) {
        const cell = cells[columnOf[gene]], value = parseNumber(cell);
        if (value !== value) {
          if (doubtful.get(columnOf[gene])?.begunWithText) continue;
          own.fill(0);
          throw faultyCell(cells, columnOf, genes, gene, place);
        }
        own[gene] = value;
      }
    },
    badRow: options.badRow?.bind(options),
  });
  if (rows === 0) {
    throw new UserError(
      `${path}: the file holds a header but no rows, expected one profile a row; export it again.`,
    );
  }
  const named = [...rowNames, ...[...doubtful].filter(([, column]) => !column.isGene)];
  notes.push(...named.map(([, column]) => column.note(path)));
  const names = named.map(([, column]) => column.rowNames).filter((one) => one !== undefined);
  const leftOut = new Set(named.map(([at]) => at));
  const kept = [...columnOf.keys()].filter((gene) => !leftOut.has(columnOf[gene]));
  return {
    file: path,
    genes: kept.map((gene) => genes[gene]),
    rows,
    values: matrixOf(values.join(rows, kept), kept.length),
    ...(notes.length > 0 ? { notes } : {}),
    ...(names.length > 0 ? { rowNames: names } : {}),
  };
}

/** @throws {UserError} for a first row of the Entrez ids of its genes, which would be taken for values. */
function refuseEntrezRow(file: string, cells: readonly string[], genes: readonly string[]): void {
  const ids = cells.filter((cell, gene) => {
    const symbol = symbolOfEntrez(cell.trim());
    return symbol !== undefined && geneIdentity(symbol) === geneIdentity(genes[gene]);
  });
  if (ids.length < 2 || ids.length * 2 <= genes.length) return;
  throw new UserError(
    `${file}, line 2: found ${listNames(ids, 2)}, the Entrez ids of ${
      listNames(genes, 2)
    }, expected the values of the first row; it is a second header, remove it.`,
  );
}

/** The error of a row from its first cell that is no number; one that is missing counts all that are. */
function faultyCell(
  cells: readonly string[],
  columnOf: readonly number[],
  genes: readonly string[],
  gene: number,
  place: RowPlace,
): RowError {
  const meaning = "a finite number", advice = "mend or remove the profile";
  const rest = columnOf.slice(gene).map((column) => cells[column]).filter((cell) =>
    Number.isNaN(parseNumber(cell))
  );
  const wrong = rest.findIndex((cell) => !isMissing(cell));
  if (wrong < 0) return new MissingValueError(rest, genes[gene], meaning, place, advice);
  const at = columnOf.findIndex((column) => cells[column] === rest[wrong]);
  return new RowError(
    `${placeText(place)}, column ${genes[at]}: found ${quoteValue(rest[wrong])}, ${
      describeNonNumber(rest[wrong])
    }, expected ${meaning}; ${advice}.`,
  );
}
