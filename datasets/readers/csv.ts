import Papa from "papaparse";
import { system } from "../../host/system.ts";
import { checkHeader, headerAgain, isHeader, latin1Note, raggedRow } from "./csv_faults.ts";
import { plainCell } from "./csv_line.ts";
import { FirstLines, notARow, secondHeaderWords } from "./first_lines.ts";
import { MissingValueError, MissingValues } from "./missing_values.ts";
import { isParquet, readParquetColumns } from "./parquet_columns.ts";
import { PieceStream } from "./piece_stream.ts";
import { placeText, RowError, type RowPlace } from "./row_error.ts";
import { DecimalSigns, mayHoldCommas } from "./decimal_signs.ts";
import { type Separator, separatorOf, separatorTold } from "./separator.ts";
import { openText } from "./text_source.ts";
import { UserError } from "../user_error.ts";

export { placeText, RowError, type RowPlace };

/** What `readCsv` calls as it goes through a file. */
export interface CsvHandlers {
  /** The file has no header: columns are named 1, 2, ... and the first line is row 1. */
  readonly headerless?: boolean;
  /** The first column may have an empty name, as pandas writes row names. */
  readonly unnamedFirst?: boolean;
  /** Values may be parted by blanks, as STRING writes them. */
  readonly blanks?: boolean;
  /** Numbers are handed over as they are written, with decimal commas. */
  readonly asWritten?: boolean;
  /** What was unusual about the file and was put right: a sentence for people. */
  note?(sentence: string): void;
  /** The header's names, blanks around them removed. Called once, before any row. */
  header(columns: readonly string[]): void;
  /** A row of exactly as many cells as the header has. */
  row(cells: readonly string[], place: RowPlace): void;
  /** Called now and then with the bytes read so far. */
  progress?(bytes: number): void;
  /** When given, faults of single rows (a wrong width, a `RowError` thrown by `row`) come here and reading goes on. */
  badRow?(error: RowError, place: RowPlace): void;
}

/** Gives a row away; its faults go where the handlers want them, values that are missing are gathered. */
function giveRow(
  { badRow }: CsvHandlers,
  missing: MissingValues,
  place: RowPlace,
  cells: readonly string[],
  give: () => void,
): void {
  try {
    give();
  } catch (error) {
    if (!(error instanceof RowError)) throw error;
    if (place.row === 1 && !badRow) error.message += secondHeaderWords(cells);
    if (badRow) badRow(error, place);
    else if (error instanceof MissingValueError) missing.add(error);
    else throw error;
  }
}

/** A Parquet table row by row, as if it were text: names of columns for a header, its row groups one after the other in memory. */
async function readParquetTable(path: string, handlers: CsvHandlers): Promise<number> {
  const table = await readParquetColumns(path);
  // pandas keeps row names after the columns; as text it writes them before, those that have no name without one.
  const isUnnamed = (at: number) => /^__index_level_\d+__$/.test(table.columns[at]);
  const all = [...table.columns.keys()], unnamed = all.filter(isUnnamed);
  const named = all.filter((at) => !isUnnamed(at) && table.index.includes(table.columns[at]));
  const own = [
    ...handlers.unnamedFirst && unnamed.length === 1 ? unnamed : [],
    ...named,
    ...all.filter((at) => !isUnnamed(at) && !named.includes(at)),
  ];
  const columns = own.map((at) => isUnnamed(at) ? "" : table.columns[at].trim());
  checkHeader(path, columns, handlers.unnamedFirst ?? false);
  handlers.header(columns);
  const missing = new MissingValues();
  let row = 0;
  for await (const group of table.groups()) {
    for (const values of group) {
      const place = { file: path, row: ++row };
      const cells = own.map((at) => parquetCell(values[at], table.columns[at], place));
      giveRow(handlers, missing, place, cells, () => handlers.row(cells, place));
    }
  }
  if (missing.some) throw missing.error(path, row)!;
  return row;
}

/** @throws {UserError} for what is neither text nor a number. */
function parquetCell(value: unknown, column: string, place: RowPlace): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "object") {
    throw new UserError(
      `${placeText(place)}, column ${column}: found ${
        value instanceof Date ? "a date" : "a list or structure"
      }, expected text or a number; export the column as text.`,
    );
  }
  return String(value);
}

/**
 * Streams a table of text with a header, row by row, in flat memory; a Parquet file is read as the same table.
 *
 * Values are parted by commas, tabs or semicolons, whichever the first line has; UTF-8, UTF-16 or Latin-1, gzip-compressed or
 * not; any line ends, quoted cells. A first value without a column in every row is a row name, as R writes them, and left out.
 * Empty lines at the end are ignored; an empty line elsewhere is a fault, because a missing row would shift everything below
 * it against the sibling files.
 *
 * @returns How many rows stood below the header, bad ones included.
 * @throws {UserError} when the file is missing, empty, not text, has a bad header, or a ragged row.
 */
export async function readCsv(path: string, handlers: CsvHandlers): Promise<number> {
  if (await isParquet(path)) return await readParquetTable(path, handlers);
  const { chunks, ended } = await openText(path);
  const { separator, lineEnd, text, lines, above, remarks } = await firstLine(path, chunks, handlers.blanks);
  const signs = handlers.asWritten ? undefined : await decimalSigns(path, separator.text, handlers);
  const missing = new MissingValues();
  let columns: readonly string[] | undefined;
  /** Where the first letter is that is no UTF-8: a line, and a column of it. */
  let foreign: readonly [line: number, column: number] | undefined;
  let rows = 0, line = 1 + above, rowNames = false;
  /** Held back until the next row comes, so that the last row is known as such. */
  let held: { cells: string[]; line: number } | undefined;
  let emptyHeld: { cells: string[]; line: number }[] = [];

  const deliver = (record: { cells: string[]; line: number }, last: boolean) => {
    const place = { file: path, row: ++rows, line: record.line };
    const width = columns!.length;
    const cells = rowNames ? record.cells.slice(1) : record.cells;
    if (signs) cells.forEach((cell, at) => cells[at] = signs.plain(cell, at, separator.text));
    const units = rows === 1 && !handlers.headerless ? notARow(place, cells, columns!) : undefined;
    if (units) throw units;
    giveRow(handlers, missing, place, cells, () => {
      if (isHeader(cells, columns!)) throw headerAgain(place);
      if (cells.length !== width) throw raggedRow(cells, columns!, place, last && !ended.lineEnd);
      handlers.row(cells, place);
    });
  };

  const take = (written: string[]) => {
    const cells = written.map(plainCell);
    const record = { cells, line };
    if (ended.notUtf8 && foreign === undefined) {
      const column = cells.findIndex((cell) => /[\u0080-\uffff]/.test(cell));
      if (column >= 0) foreign = [line, column];
    }
    line++;
    for (const cell of cells) {
      for (let at = cell.indexOf("\n"); at >= 0; at = cell.indexOf("\n", at + 1)) line++;
    }
    if (columns === undefined && handlers.headerless) {
      columns = cells.map((_, index) => String(index + 1));
      handlers.header(columns);
    } else if (columns === undefined) {
      const names = cells.map((name) => name.trim());
      const first = new FirstLines(path, lines, above);
      if (first.title) throw first.title;
      try {
        checkHeader(path, names, handlers.unnamedFirst ?? false);
        columns = names;
        handlers.header(names);
      } catch (error) {
        throw error instanceof UserError ? first.secondHeader ?? error : error;
      }
      return;
    }
    if (cells.length === 1 && cells[0].trim() === "") {
      emptyHeld.push(record);
      return;
    }
    if (rows === 0 && held === undefined) rowNames = hasRowNames(cells, columns, separator);
    if (held !== undefined) deliver(held, false);
    for (const empty of emptyHeld) deliver(empty, false);
    emptyHeld = [];
    held = record;
  };

  /** Lengths of the pieces that the parser has not seen yet, and what it has seen since its last row. */
  const lengths: number[] = [];
  let sinceRow = 0;
  async function* counted() {
    for await (const piece of text) {
      lengths.push(piece.length);
      yield piece;
    }
  }
  const unclosed = () =>
    new UserError(
      `${path}, line ${line}: a quotation mark is not closed or not alone around its value, expected ` +
        `quotes in pairs; mend the quotes of this line.`,
    );

  await new Promise<void>((resolve, reject) => {
    const stream = new PieceStream(counted());
    let failed = false;
    const fail = (error: unknown) => {
      if (failed) return;
      failed = true;
      stream.destroy();
      reject(error);
    };
    Papa.parse<string[]>(stream as unknown as NodeJS.ReadableStream, {
      delimiter: separator.text,
      newline: lineEnd,
      chunk: (results, parser) => {
        if (failed) return;
        try {
          const fault = results.errors.find((error) => error.type === "Quotes");
          sinceRow = results.data.length > 0 ? 0 : sinceRow + (lengths[0] ?? 0);
          lengths.shift();
          // The parser looks at an open quote again with every piece.
          if (sinceRow > 2 * longestLine) throw unclosed();
          for (const [index, cells] of results.data.entries()) {
            if (fault !== undefined && index === (fault.row ?? 0)) throw unclosed();
            take(cells);
          }
        } catch (error) {
          // In this order: abort() calls `complete` at once.
          fail(error);
          parser.abort();
        }
      },
      complete: () => failed || resolve(),
      error: fail,
    });
  });

  if (columns === undefined) {
    throw new UserError(
      `${path}: the file is empty, expected a header line and rows below it; export it again.`,
    );
  }
  if (held !== undefined) deliver(held, true);
  if (missing.some) throw missing.error(path, rows)!;
  if (remarks > 0) {
    handlers.note?.(`${path}: ${remarks} lines above the table begin with ! and were left out as remarks.`);
  }
  if (ended.notUtf8) handlers.note?.(latin1Note(path, ended.notUtf8, foreign, columns));
  if (rowNames) {
    handlers.note?.(
      `${path}: the rows begin with row names that the header does not have; they were left out.`,
    );
  }
  if (signs && signs.commas > 0) {
    handlers.note?.(`${path}: ${signs.commas} numbers have a decimal comma and were read with a point.`);
  }
  if (signs && signs.thousands > 0) {
    handlers.note?.(
      `${path}: ${signs.thousands} numbers have signs between thousands, which were left out (${signs.example}).`,
    );
  }
  return rows;
}

/** Largest file parted by commas that is looked through for numbers with a comma, in bytes; in larger ones they are refused. */
const looked = 1 << 26;

/** What the numbers of a file tell of its decimal signs; undefined for one without a number with a comma. */
async function decimalSigns(
  path: string,
  separated: string,
  { headerless, unnamedFirst, blanks }: CsvHandlers,
): Promise<DecimalSigns | undefined> {
  if (separated === "," && (await system.stat(path)).size > looked) return undefined;
  try {
    if (!await holdsCommas(path, separated)) return undefined;
    const signs = new DecimalSigns();
    await readCsv(path, {
      ...{ headerless, unnamedFirst, blanks, asWritten: true },
      header: () => {},
      row: (cells) => signs.take(cells),
      badRow: () => {},
    });
    return signs;
  } catch (error) {
    // What is wrong with the file is said by who reads it for good.
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

async function holdsCommas(path: string, separated: string): Promise<boolean> {
  for await (const text of (await openText(path)).chunks) if (mayHoldCommas(text, separated)) return true;
  return false;
}

/** The pieces of a text again, with what its first line tells. */
async function firstLine(
  path: string,
  chunks: AsyncIterable<string>,
  blanks = false,
): Promise<
  {
    separator: Separator;
    lineEnd: "\n" | "\r\n" | "\r";
    text: AsyncIterable<string>;
    /** The first lines, as far as they were read at once. */
    lines: readonly string[];
    /** Lines above the first one: remarks that begin with ! (Drug Repurposing Hub, GEO), and Excel's `sep=;`. */
    above: number;
    /** How many of them are remarks. */
    remarks: number;
  }
> {
  const rest = chunks[Symbol.asyncIterator]();
  let begin = "";
  // A carriage return at the end of a piece may be half of a line end.
  const lineEndIn = async () => {
    for (let end = /\r\n|\n|\r(?=[^])/.exec(begin);; end = /\r\n|\n|\r(?=[^])/.exec(begin)) {
      if (end !== null) return end;
      if (begin.length > longestLine) throw tooLong(path, 1);
      const { value, done } = await rest.next();
      if (done) return /\r\n|\n|\r/.exec(begin);
      begin += value;
    }
  };
  let end = await lineEndIn(), above = 0, told: Separator | undefined;
  while (end && !told && ((told = separatorTold(begin.slice(0, end.index))) || begin.startsWith("!"))) {
    begin = begin.slice(end.index + end[0].length);
    above++;
    end = await lineEndIn();
  }
  const lineEnd = (end?.[0] ?? "\n") as "\n";
  async function* text() {
    yield begin;
    for (let next = await rest.next(); !next.done; next = await rest.next()) {
      if (next.value !== "") yield next.value;
    }
  }
  return {
    separator: told || (end
      ? separatorOf(
        begin.slice(0, end.index),
        blanks,
        begin.slice(end.index + end[0].length).split(/[\r\n]/, 1)[0],
      )
      : separatorOf(begin, blanks)),
    lineEnd,
    text: wholeLines(path, text(), lineEnd, 1 + above),
    lines: begin.slice(0, 1 << 20).split(lineEnd, 8),
    above,
    remarks: told ? above - 1 : above,
  };
}

/** Longest line that is taken, in characters: a million columns of 16. */
const longestLine = 1 << 24;

/**
 * A text in pieces that end where a line does, so that no line is looked at twice.
 * @throws {UserError} for a line longer than any table has, before it is taken apart.
 */
async function* wholeLines(
  path: string,
  text: AsyncIterable<string>,
  lineEnd: string,
  /** Of the text's first line. */
  line: number,
): AsyncGenerator<string> {
  let held: string[] = [], length = 0;
  for await (const piece of text) {
    for (let at = 0, next = piece.indexOf(lineEnd); at < piece.length; next = piece.indexOf(lineEnd, at)) {
      const end = next < 0 ? piece.length : next;
      length += end - at;
      if (length > longestLine) throw tooLong(path, line);
      if (next < 0) break;
      line++;
      length = 0;
      at = next + lineEnd.length;
    }
    const last = piece.lastIndexOf(lineEnd);
    if (last < 0) {
      held.push(piece);
      continue;
    }
    const end = last + lineEnd.length;
    yield held.join("") + piece.slice(0, end);
    held = end < piece.length ? [piece.slice(end)] : [];
  }
  const rest = held.join("");
  if (rest !== "") yield rest;
}

function tooLong(path: string, line: number): UserError {
  return new UserError(
    `${path}, line ${line}: has more than ${
      longestLine.toLocaleString("en")
    } characters, expected the row of a table; ` +
      "the file is no table, or its line ends are missing.",
  );
}

/** R writes row names before the columns of its header: one value more than names, the first of them no number of the table. */
function hasRowNames(cells: readonly string[], columns: readonly string[], separator: Separator): boolean {
  return cells.length === columns.length + 1 && columns.length > 1 &&
    (Number.isNaN(Number(cells[0])) || (separator.text !== "," && cells[0] === "1"));
}
