import { plainColumn } from "./column_names.ts";
import { isMissing } from "./missing.ts";
import { parseNumber } from "./parse_number.ts";
import { quoteValue } from "./quote_value.ts";
import { UserError } from "../user_error.ts";

/** Names that ids and row names go by, without case and punctuation; none of them is a gene. */
const idNames = new Set([
  ...[
    "",
    "index",
    "rowname",
    "rownames",
    "rowid",
    "id",
    "ids",
    "sampleid",
    "sample",
    "samplename",
    "samples",
    "barcode",
  ],
  ...[
    "cellid",
    "cellline",
    "celllinename",
    "cellname",
    "cell",
    "sigid",
    "instid",
    "distilid",
    "profileid",
    "pertid",
    "cid",
    "rid",
  ],
  ...["modelid", "depmapid", "cosmicid", "wellid", "plate", "well", "x1"],
]);

/** Whether a column of a table of genes holds row names by its own: a saved index of pandas, R or readr, or ids. */
export function isRowNameColumn(name: string, at: number): boolean {
  if (/^unnamed: ?\d+(\.\d+)*$/i.test(name) || /^\.\.\.\d+$/.test(name)) return true;
  // R writes X for row names, and XIST and X are near: only the first column.
  return at === 0
    ? name === "X" || idNames.has(plainColumn(name))
    : idNames.has(plainColumn(name)) && name !== "";
}

/** Watches a column of row names as the rows come by. */
export class RowNameColumn {
  readonly #name: string;
  readonly #at: number;
  #first = "";
  #rows = 0;
  #texts = 0;
  #counts: [zero: boolean, one: boolean] = [true, true];

  constructor(name: string, at: number) {
    this.#name = name;
    this.#at = at;
  }

  /** Takes the cell of a row, 1 for the first below the header. */
  take(cell: string, row: number): void {
    const value = parseNumber(cell);
    if (this.#rows++ === 0) this.#first = cell.trim();
    if (Number.isNaN(value) && !isMissing(cell)) this.#texts++;
    this.#counts[0] &&= value === row - 1;
    this.#counts[1] &&= value === row;
  }

  /** What to say when it is left out. @throws {UserError} for numbers that do not count the rows: they may be values. */
  note(file: string): string {
    const named = this.#name === ""
      ? `column ${this.#at + 1} (no name)`
      : `the column ${quoteValue(this.#name)}`;
    if (this.#counts.includes(true)) {
      return `${file}: ${named} counts the rows and was left out; it is no gene.`;
    }
    if (this.#texts > 0) {
      return `${file}: ${named} holds row names (${
        quoteValue(this.#first)
      }, ...) and was left out; it is no gene.`;
    }
    throw new UserError(
      `${file}, header: ${named} is no gene, and its numbers (${
        quoteValue(this.#first)
      }, ...) do not count the rows, expected ` +
        "genes alone; remove the column, or name it by its gene.",
    );
  }
}
