import { quoteValue } from "./quote_value.ts";
import { placeText, RowError, type RowPlace } from "./row_error.ts";
import { UserError } from "../user_error.ts";

/** The error of a row with another number of values than the header. @param cut whether the file ends in it. */
export function raggedRow(
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
    : columns.length > 2 && cells.filter((cell) => cell.trim() !== "").length === 1
    ? "If it is a title or footnote, remove it; the table alone is read."
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

/** Whether a row repeats the header, as tables that were joined do; a row of one value may be called like its column. */
export function isHeader(cells: readonly string[], columns: readonly string[]): boolean {
  return columns.length > 1 && cells.length === columns.length && cells[0].trim() === columns[0] &&
    cells.every((cell, at) => cell.trim() === columns[at]);
}

/** The error of such a row. */
export function headerAgain(place: RowPlace): RowError {
  return new RowError(
    `${
      placeText(place)
    }: found the header again, expected a row of values; two tables were joined: remove the line.`,
  );
}

/** @throws {UserError} for a header without names, with a damaged one, an empty one or one twice. */
export function checkHeader(file: string, columns: readonly string[], unnamedFirst: boolean): void {
  if (columns.every((name) => name === "")) {
    throw new UserError(
      `${file}: the first line is empty, expected a header of column names; remove the empty line.`,
    );
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

/** What is said of a text in Latin-1: where it begins to be one. */
export function latin1Note(
  path: string,
  { byte, at }: { readonly byte: number; readonly at: number },
  [line, column]: readonly [number, number] = [1, 0],
  columns: readonly string[],
): string {
  const name = columns[column];
  const place = `line ${line}, column ${name === undefined || name === "" ? column + 1 : name}`;
  return `${path}, ${place}: found the byte 0x${
    byte.toString(16)
  } (byte ${at} of the file), which is no UTF-8; ` +
    "the text was read as Latin-1 (Windows-1252), check letters beyond A to Z.";
}
