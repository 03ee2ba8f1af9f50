import { UserError } from "../user_error.ts";
import { isMissing } from "./missing.ts";
import { listNames } from "./named_columns.ts";
import { parseNumber } from "./parse_number.ts";
import { quoteValue } from "./quote_value.ts";
import type { RowPlace } from "./row_error.ts";
import { separatorOf } from "./separator.ts";

/** Units and kinds of values that stand under a header. */
const unit =
  /^[[(]?(?:[munp\u00b5\u03bc]?m|[munp\u00b5\u03bc]?mol(?:\/l|ar)?|log10 ?m|ln ?u?m|h|hr|hrs|hours?|min|minutes?|d|days?|%|a\.?u\.?|z|z-?scores?|log2|unit|units|text|string|str|object|float|float32|float64|double|numeric|number|integer|int)[\])]?$/i;

/** The first lines of a table of text, by which a title, a second header or a row of units is told from the table itself. */
export class FirstLines {
  readonly #file: string;
  readonly #lines: readonly string[];
  readonly #above: number;

  /** @param lines as they stand in the file, the first one too, but for those `above` that belong to no table. */
  constructor(file: string, lines: readonly string[], above = 0) {
    this.#file = file;
    this.#lines = lines;
    this.#above = above;
  }

  /** The refusal of a title above the header; undefined where there is none. */
  get title(): UserError | undefined {
    const below = this.#lines.flatMap((line, at) => at > 0 && /[^\s,;"]/.test(line) ? [at] : []);
    if (below.length < 2 || this.#namesColumns(below[0])) return undefined;
    const { text: separator } = separatorOf(this.#lines[below[0]]);
    const [first, header, row] = [0, below[0], below[1]].map((at) => cellsOf(this.#lines[at], separator));
    const filled = first.filter((cell) => cell !== "");
    const short = filled.length === 1 || filled.length + 1 < header.length;
    const names = header.filter((cell) => cell !== "");
    const isHeader = header.length === row.length && names.length > 1 && names.every(isText) &&
      new Set(names).size === names.length;
    if (filled.length === 0 || !short || !isHeader || (first.length >= header.length && filled.length > 1)) {
      return undefined;
    }
    return new UserError(
      `${this.#file}, line ${this.#above + 1}: found ${
        quoteValue(filled[0], 60)
      }, a title above the table, expected the header of column names in line ${
        this.#above + 1
      }; remove what stands above line ${this.#above + below[0] + 1}.`,
    );
  }

  /** Whether the first line has a name for each value of another, parted by its own sign: texts below may hold more of others. */
  #namesColumns(row: number): boolean {
    const { text: separator } = separatorOf(this.#lines[0]);
    const [names, values] = [0, row].map((at) => cellsOf(this.#lines[at], separator));
    return names.length > 1 && names.length === values.length && names.every((name) => name !== "");
  }

  /** What a header that cannot be used was, where the line below it is one too; undefined otherwise. */
  get secondHeader(): UserError | undefined {
    if (this.#lines.length < 3) return undefined;
    const { text: separator } = separatorOf(this.#lines[0]);
    const [first, second, third] = this.#lines.slice(0, 3).map((line) => cellsOf(line, separator));
    const isHeader = second.length === first.length && second.length > 1 &&
      second.every((cell) => cell !== "" && isText(cell)) && new Set(second).size === second.length;
    if (!isHeader || !third.some((cell) => !Number.isNaN(parseNumber(cell)))) return undefined;
    return new UserError(
      `${this.#file}, lines ${this.#above + 1} and ${this.#above + 2}: found two headers (${
        listNames(first.filter(Boolean), 2)
      } and ${listNames(second, 2)}), expected one line of column names; remove line ${
        this.#above + 1
      }, or join both.`,
    );
  }
}

/** The refusal of a first row that is a second header or tells units; undefined for a row of values. */
export function notARow(
  { file, line }: RowPlace,
  cells: readonly string[],
  columns: readonly string[],
): UserError | undefined {
  const filled = cells.map((cell) => cell.trim()).filter((cell) => cell !== "");
  if (columns.length < 2 || filled.length === 0 || !filled.every((cell) => unit.test(cell))) return undefined;
  return new UserError(
    `${file}, line ${line}: found ${
      listNames(filled, 4)
    }, a row of units under the header, expected the first row of values; ` +
      "remove it, and write units into the header (dose_uM, time_h).",
  );
}

/** What a row of texts without a number may be, where one of numbers was expected; "" for others. */
export function secondHeaderWords(cells: readonly string[]): string {
  return cells.length > 2 && cells.every((cell) => isText(cell) && !isMissing(cell))
    ? " No value of the row is a number: if it is a second header, remove it."
    : "";
}

function isText(cell: string): boolean {
  return Number.isNaN(parseNumber(cell));
}

/** Values of a line, roughly: quotes are taken off, and what is quoted is not parted. */
function cellsOf(line: string, separator: string): string[] {
  const quoted: string[] = [];
  const bare = line.replace(/"((?:[^"]|"")*)"/g, (_, text) => `\u0000${quoted.push(text) - 1}\u0000`);
  return bare.split(separator).map((cell) =>
    // deno-lint-ignore no-control-regex
    cell.replace(/\u0000(\d+)\u0000/g, (_, at) => quoted[Number(at)]).trim()
  );
}
