import { createReadStream } from "node:fs";
import Papa from "papaparse";
import { inspectTextFile } from "./inspect_text_file.ts";
import { quoteValue } from "./quote_value.ts";
import { UserError } from "../user_error.ts";

/** A fault of one row; the rows around it can still be read. */
export class RowError extends UserError {
  /** The class name, for messages. */
  override name = "RowError";
}

/** Where a row stands in its file. */
export interface RowPlace {
  /** Path as the caller gave it. */
  readonly file: string;
  /** 1 for the first row below the header. */
  readonly row: number;
  /** Line of the file on which the row begins; the header is line 1. */
  readonly line: number;
}

/** How messages name a row: `gex_comp.csv, row 17 (line 18)`. */
export function placeText({ file, row, line }: RowPlace): string {
  return `${file}, row ${row} (line ${line})`;
}

/** What `readCsv` calls as it goes through a file. */
export interface CsvHandlers {
  /** The file has no header: columns are named 1, 2, ... and the first line is row 1. */
  readonly headerless?: boolean;
  /** The first column may have an empty name, as pandas writes row names. */
  readonly unnamedFirst?: boolean;
  /** The header's names, blanks around them removed. Called once, before any row. */
  header(columns: readonly string[]): void;
  /** A row of exactly as many cells as the header has. */
  row(cells: readonly string[], place: RowPlace): void;
  /** Called now and then with the bytes read so far. */
  progress?(bytes: number): void;
  /** When given, faults of single rows (a wrong width, a `RowError` thrown by `row`) come here and reading goes on. */
  badRow?(error: RowError, place: RowPlace): void;
}

function raggedRow(
  cells: readonly string[],
  columns: readonly string[],
  place: RowPlace,
  cut: boolean,
): RowError {
  const empty = cells.length === 1 && cells[0].trim() === "";
  const values = (count: number) => `${count} value${count === 1 ? "" : "s"}`;
  const found = empty ? "an empty line" : values(cells.length);
  const advice = cut
    ? "The file ends inside this row without a line end, so it was probably truncated; export or copy it again."
    : empty
    ? "Remove the line, or restore its row."
    : cells.length < columns.length
    ? "The row may have been cut; check the export."
    : "A value may contain an unquoted comma; check the export.";
  return new RowError(
    `${placeText(place)}: found ${found}, expected ${
      values(columns.length)
    } (one per column of the header, last column ` +
      `${columns[columns.length - 1]}). ${advice}`,
  );
}

function checkHeader(file: string, columns: readonly string[], unnamedFirst: boolean): void {
  if (columns.every((name) => name === "")) {
    throw new UserError(
      `${file}: the first line is empty, expected a header of column names; remove the empty line.`,
    );
  }
  if (columns.length === 1) {
    for (const [separator, name] of [[";", "semicolons"], ["\t", "tabs"]]) {
      if (columns[0].includes(separator)) {
        throw new UserError(
          `${file}: the header is separated by ${name}, expected commas; export the table as comma-separated values.`,
        );
      }
    }
  }
  const seen = new Map<string, number>();
  columns.forEach((name, index) => {
    if ([...name].some((letter) => letter < " " || letter === "\ufffd")) {
      throw new UserError(
        `${file}, header, column ${index + 1}: found ${
          quoteValue(name)
        }, expected a name in UTF-8 text; the file is ` +
          `damaged or in another encoding, export it again.`,
      );
    }
    if (name === "" && index === 0 && unnamedFirst) return;
    if (name === "") {
      const advice = index === 0
        ? "if it holds row names, export the table without them (pandas: index=False, R: row.names=FALSE)"
        : "name it or remove it";
      throw new UserError(`${file}, header, column ${index + 1}: the column has no name; ${advice}.`);
    }
    const earlier = seen.get(name);
    if (earlier !== undefined) {
      throw new UserError(
        `${file}, header, columns ${earlier + 1} and ${index + 1}: found ${
          quoteValue(name)
        } twice, expected every ` +
          `name once (duplicate column); remove or rename one of them.`,
      );
    }
    seen.set(name, index);
  });
}

/**
 * Streams a comma-separated file with a header, row by row, in flat memory.
 *
 * UTF-8 with or without byte order mark, LF or CRLF, quoted cells. Empty lines at the end are ignored; an empty line
 * elsewhere is a fault, because a missing row would shift everything below it against the sibling files.
 *
 * @returns How many rows stood below the header, bad ones included.
 * @throws {UserError} when the file is missing, empty, not text, has a bad header, or a ragged row.
 */
export async function readCsv(path: string, handlers: CsvHandlers): Promise<number> {
  const { lineEnd, endsWithLineEnd } = await inspectTextFile(path);
  let columns: readonly string[] | undefined;
  let rows = 0;
  let line = 1;
  /** Held back until the next row comes, so that the last row is known as such. */
  let held: { cells: string[]; line: number } | undefined;
  let emptyHeld: { cells: string[]; line: number }[] = [];

  const deliver = (record: { cells: string[]; line: number }, last: boolean) => {
    const place = { file: path, row: ++rows, line: record.line };
    const width = columns!.length;
    try {
      if (record.cells.length !== width) {
        throw raggedRow(record.cells, columns!, place, last && !endsWithLineEnd);
      }
      handlers.row(record.cells, place);
    } catch (error) {
      if (!(error instanceof RowError) || handlers.badRow === undefined) throw error;
      handlers.badRow(error, place);
    }
  };

  const take = (cells: string[]) => {
    const record = { cells, line };
    line++;
    for (const cell of cells) {
      for (let at = cell.indexOf("\n"); at >= 0; at = cell.indexOf("\n", at + 1)) line++;
    }
    if (columns === undefined && handlers.headerless) {
      if (cells[0].startsWith("\ufeff")) cells[0] = cells[0].slice(1);
      columns = cells.map((_, index) => String(index + 1));
      handlers.header(columns);
    } else if (columns === undefined) {
      const names = cells.map((name) => name.trim());
      if (names[0].startsWith("\ufeff")) names[0] = names[0].slice(1).trim();
      checkHeader(path, names, handlers.unnamedFirst ?? false);
      columns = names;
      handlers.header(names);
      return;
    }
    if (cells.length === 1 && cells[0].trim() === "") {
      emptyHeld.push(record);
      return;
    }
    if (held !== undefined) deliver(held, false);
    for (const empty of emptyHeld) deliver(empty, false);
    emptyHeld = [];
    held = record;
  };

  await new Promise<void>((resolve, reject) => {
    const stream = createReadStream(path, { encoding: "utf8", highWaterMark: 1 << 20 });
    let failed = false;
    const fail = (error: unknown) => {
      if (failed) return;
      failed = true;
      stream.destroy();
      reject(error);
    };
    Papa.parse<string[]>(stream, {
      delimiter: ",",
      newline: lineEnd,
      chunk: (results, parser) => {
        if (failed) return;
        try {
          const fault = results.errors.find((error) => error.type === "Quotes");
          for (const [index, cells] of results.data.entries()) {
            if (fault !== undefined && index === (fault.row ?? 0)) {
              throw new UserError(
                `${path}, line ${line}: a quotation mark is not closed or not alone around its value, expected ` +
                  `quotes in pairs; mend the quotes of this line.`,
              );
            }
            take(cells);
          }
          handlers.progress?.(stream.bytesRead);
        } catch (error) {
          // In this order: abort() calls `complete` at once.
          fail(error);
          parser.abort();
        }
      },
      complete: () => failed || resolve(),
      error: (error) =>
        fail(new UserError(`${path}: reading failed (${error.message}); check the disk and try again.`)),
    });
  });

  if (columns === undefined) {
    throw new UserError(
      `${path}: the file is empty, expected a header line and rows below it; export it again.`,
    );
  }
  if (held !== undefined) deliver(held, true);
  return rows;
}
