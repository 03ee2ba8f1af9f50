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
  /** Line of the file on which the row begins; the header is line 1. Absent where the file has no lines. */
  readonly line?: number;
  /** What a table that is no text calls its rows: `well A01`; then number and line are not shown. */
  readonly name?: string;
}

/** How messages name a row: `gex_comp.csv, row 17 (line 18)`. */
export function placeText({ file, row, line, name }: RowPlace): string {
  return `${file}, ${name ?? `row ${row}${line === undefined ? "" : ` (line ${line})`}`}`;
}
