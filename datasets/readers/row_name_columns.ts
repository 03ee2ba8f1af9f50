import { plainColumn } from "./column_names.ts";
import { isMissing } from "./missing.ts";
import { listNames } from "./named_columns.ts";
import { isNoGene } from "./no_gene_names.ts";
import { parseNumber } from "./parse_number.ts";
import { quoteValue } from "./quote_value.ts";
import type { RowNames } from "../types.ts";
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

/** Names of rows that are names of genes too: X and X1 are what R and readr call row names, IDS is iduronate 2-sulfatase. */
const geneNames = new Set(["x", "x1", "ids"]);

/**
 * Whether a column of a table of genes holds row names by its own name: a saved index of pandas, R or readr, or ids. `perhaps`
 * where a gene has that name too: then its values tell; `other` where it is neither a gene nor row names (`batch`, `Mean`).
 */
export function rowNameColumn(name: string, at: number): "yes" | "perhaps" | "other" | "no" {
  if (/^unnamed: ?\d+(\.\d+)*$/i.test(name) || /^\.\.\.\d+$/.test(name)) return "yes";
  // R writes X for row names: only the first column.
  if (at === 0 && name === "X") return "perhaps";
  const plain = plainColumn(name);
  if (!idNames.has(plain) || (at > 0 && (name === "" || plain === "x1"))) {
    return isNoGene(name) ? "other" : "no";
  }
  return geneNames.has(plain) ? "perhaps" : "yes";
}

/** What to say of columns that are neither genes nor row names and were left out; nothing where there are none. */
export function otherColumnsNote(file: string, names: readonly string[]): string[] {
  if (names.length === 0) return [];
  return [
    `${file}: ${names.length === 1 ? "the column" : "the columns"} ${listNames(names)} ${
      names.length === 1 ? "is no gene and was" : "are no genes and were"
    } left out.`,
  ];
}

/** Watches a column of row names as the rows come by. */
export class RowNameColumn {
  readonly #name: string;
  readonly #at: number;
  readonly #perhaps: boolean;
  readonly #names: string[] = [];
  #first = "";
  #rows = 0;
  #texts = 0;
  #counts: [zero: boolean, one: boolean] = [true, true];

  /** @param perhaps a gene has this name too. */
  constructor(name: string, at: number, perhaps = false) {
    this.#name = name;
    this.#at = at;
    this.#perhaps = perhaps;
  }

  /** Takes the cell of a row, 1 for the first below the header. */
  take(cell: string, row: number): void {
    const value = parseNumber(cell);
    if (this.#rows++ === 0) this.#first = cell.trim();
    // A text of its own: a part of the line would keep the whole line in memory.
    this.#names[row - 1] = JSON.parse(JSON.stringify(cell.trim()));
    if (Number.isNaN(value) && !isMissing(cell)) this.#texts++;
    this.#counts[0] &&= value === row - 1;
    this.#counts[1] &&= value === row;
  }

  /** Whether a column that may be a gene begins with a text, as no gene's does. */
  get begunWithText(): boolean {
    return Number.isNaN(parseNumber(this.#first)) && !isMissing(this.#first);
  }

  /** Whether it is a gene after all: by its name it may be, its values are numbers and do not count the rows. */
  get isGene(): boolean {
    return this.#perhaps && !this.#counts.includes(true) && !this.begunWithText;
  }

  /** The names, undefined where they only count the rows. */
  get rowNames(): RowNames | undefined {
    return this.#counts.includes(true) ? undefined : { name: this.#name, texts: this.#names };
  }

  /** What to say when it is left out. @throws {UserError} for numbers that do not count the rows: they may be values. */
  note(file: string): string {
    const named = this.#name === ""
      ? `column ${this.#at + 1} (no name)`
      : `the column ${quoteValue(this.#name)}`;
    if (this.#counts.includes(true)) {
      return `${file}: ${named} counts the rows and was left out; it is no gene.`;
    }
    if (this.#perhaps && this.#texts < this.#rows) {
      throw new UserError(
        `${file}, header: ${named} holds texts (${
          quoteValue(this.#first)
        }, ...) and numbers, expected row names or ` +
          "the values of a gene; mend or remove the column.",
      );
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
