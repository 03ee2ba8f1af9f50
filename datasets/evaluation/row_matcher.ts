import type { Dataset } from "../dataset.ts";
import { plainCellName } from "../identity/cell_identity.ts";
import { RowError } from "../readers/csv.ts";
import { listNames } from "../readers/named_columns.ts";
import { quoteValue } from "../readers/quote_value.ts";
import { UserError } from "../user_error.ts";

/** Columns of a prediction file that say which row a line is of. */
export const keyColumns = ["row", "drug", "drug_name", "cell", "dose", "time", "kind"] as const;

/** How drugs are recognised where a file has no column `row`. */
export interface MatchOptions {
  /** Identity of a drug by any SMILES of it: see `drugIdentities`. May throw for what is no SMILES. */
  identify?(smiles: string): string;
}

/** Finds the evaluated row that each line of a prediction file is about. */
export class RowMatcher {
  readonly #file: string;
  readonly #data: Dataset;
  readonly #rows: Uint32Array;
  readonly #columns: readonly string[];
  readonly #options: MatchOptions;
  /** What a line is known by -> row of the table. */
  readonly #rowOf = new Map<string, number>();
  /** Evaluated row -> its place, and where its prediction stands. */
  readonly #places: Map<number, number>;
  readonly #filledBy: (string | undefined)[];
  readonly #drugs = new Map<string, number>();
  #ignored = 0;

  /**
   * @param columns of the file.
   * @throws {UserError} when they do not tell rows apart, or lack an output.
   */
  constructor(
    file: string,
    columns: readonly string[],
    data: Dataset,
    rows: Uint32Array,
    options: MatchOptions = {},
  ) {
    this.#options = options;
    this.#file = file;
    this.#data = data;
    this.#rows = rows;
    this.#columns = columns;
    this.#places = new Map(Array.from(rows, (row, place) => [row, place]));
    this.#filledBy = new Array(rows.length);
    this.#checkOutputs();
    // Identity first; a name that two drugs share stands for neither.
    const { names, ids } = data.drug;
    const named = Map.groupBy(names.keys(), (unit) => names[unit].toLowerCase());
    for (const [name, units] of named) if (units.length === 1) this.#drugs.set(name, units[0]);
    ids.forEach((id, unit) => this.#drugs.set(id.toLowerCase(), unit));
    ids.forEach((id, unit) => this.#drugs.set(id, unit));
    if (columns.includes("row")) data.rowNames.forEach((name, row) => this.#rowOf.set(name, row));
    else this.#useConditions();
  }

  /** Lines of other rows of the table, and of its truth. */
  get ignored(): number {
    return this.#ignored;
  }

  /**
   * Place of a line's row among the evaluated ones; undefined for a line that is none of theirs.
   *
   * @param cell value of a key column.
   * @param where how messages name the line.
   * @throws {RowError} for a row that the table does not have, or one that was given before.
   */
  place(cell: (column: string) => string, where: string): number | undefined {
    if (this.#columns.includes("kind")) {
      const kind = cell("kind").trim();
      if (kind !== "truth" && kind !== "prediction") {
        throw new RowError(
          `${where}, column kind: found ${quoteValue(kind)}, expected "prediction" or "truth".`,
        );
      }
      if (kind === "truth") {
        this.#ignored++;
        return undefined;
      }
    }
    const row = this.#columns.includes("row") ? this.#byName(cell, where) : this.#byCondition(cell, where);
    const place = row === undefined ? undefined : this.#places.get(row);
    if (place === undefined) {
      this.#ignored++;
      return undefined;
    }
    const earlier = this.#filledBy[place];
    if (earlier !== undefined) {
      throw new RowError(
        `${where}: found a second prediction of the row ${
          quoteValue(this.#data.rowNames[this.#rows[place]])
        }, after ${earlier}; expected one; remove the other.`,
      );
    }
    this.#filledBy[place] = where.slice(where.lastIndexOf("row "));
    return place;
  }

  /** @throws {UserError} when evaluated rows have got no prediction. */
  finish(): void {
    const missing = Array.from(this.#rows).filter((_, place) => this.#filledBy[place] === undefined);
    if (missing.length === 0) return;
    throw new UserError(
      `${this.#file}: found no prediction for ${missing.length} of the ${this.#rows.length} evaluated rows (${
        listNames(missing.map((row) => this.#data.rowNames[row]), 3)
      }), expected one for each; add them.`,
    );
  }

  #checkOutputs(): void {
    const { names } = this.#data.outputs;
    const found = new Set(this.#columns);
    const missing = names.filter((name) => !found.has(name));
    if (missing.length === 0) return;
    throw new UserError(
      `${this.#file}, header: found no column for ${missing.length} of ${names.length} outputs (${
        listNames(missing, 3)
      }), expected one named after each; add them.`,
    );
  }

  #useConditions(): void {
    const missing = ["drug", "cell", "dose", "time"].filter((name) => !this.#columns.includes(name));
    if (missing.length > 0) {
      throw new UserError(
        `${this.#file}, header: found neither a column "row" nor ${
          listNames(missing)
        }, expected the rows' names, or drug, cell, dose and time of each; add them.`,
      );
    }
    const { rowNames } = this.#data;
    const evaluated = new Map<string, number>();
    for (const row of this.#rows) {
      const key = this.#conditionKey(row), other = evaluated.get(key);
      if (other !== undefined) {
        throw new UserError(
          `${this.#file}, header: found no column "row", but the evaluated rows ${
            quoteValue(rowNames[other])
          } and ${
            quoteValue(rowNames[row])
          } have the same drug, cell line, dose and time; expected the rows' names, which tell them apart; add them.`,
        );
      }
      evaluated.set(key, row);
    }
    for (let row = 0; row < this.#data.rows; row++) this.#rowOf.set(this.#conditionKey(row), row);
    for (const [key, row] of evaluated) this.#rowOf.set(key, row);
  }

  #conditionKey(row: number): string {
    const { drug, cell, dose, time } = this.#data;
    return [drug.of[row], plainCellName(cell.names[cell.of[row]]), dose[row], time[row]].join("\t");
  }

  #byName(cell: (column: string) => string, where: string): number {
    const text = cell("row");
    const row = this.#rowOf.get(text) ?? this.#rowOf.get(text.trim());
    if (row !== undefined) {
      this.#requireCondition(row, cell, where);
      return row;
    }
    throw new RowError(
      `${where}, column row: found ${
        quoteValue(text)
      }, expected the name of a row of ${this.#data.name}, such as ${
        quoteValue(this.#data.rowNames[this.#rows[0]])
      }; correct or remove it.`,
    );
  }

  /**
   * Names of rows are often no more than numbers, and another table has them too: what else a line says of its row must be true.
   *
   * @throws {RowError} when its drug, cell line, dose or time is another one.
   */
  #requireCondition(row: number, cell: (column: string) => string, where: string): void {
    const { drug, cell: cells, dose, time, name } = this.#data;
    const unit = drug.of[row], line = cells.of[row];
    const amount = (known: number) => (text: string) => Number.isNaN(known) || amountOf(text) === known;
    const facts: readonly [string, string, (text: string) => boolean][] = [
      ["drug", drug.ids[unit], (text) => this.#isDrug(text, unit)],
      [
        "cell",
        cells.names[line],
        (text) => [cells.names[line], cells.ids[line]].map(plainCellName).includes(plainCellName(text)),
      ],
      ["dose", String(dose[row]), amount(dose[row])],
      ["time", String(time[row]), amount(time[row])],
    ];
    for (const [column, known, agrees] of facts) {
      const text = this.#columns.includes(column) ? cell(column).trim() : "";
      if (text === "" || agrees(text)) continue;
      throw new RowError(
        `${where}, column ${column}: found ${quoteValue(text)}, but the row ${
          quoteValue(cell("row"))
        } of ${name} has ${quoteValue(known)}; give the predictions of this table, or remove the column.`,
      );
    }
  }

  #isDrug(text: string, unit: number): boolean {
    return text.toLowerCase() === this.#data.drug.names[unit].toLowerCase() || this.#unitOf(text) === unit;
  }

  #unitOf(text: string): number | undefined {
    return this.#drugs.get(text) ?? this.#drugs.get(text.toLowerCase()) ??
      this.#drugs.get(identified(text, this.#options));
  }

  #byCondition(cell: (column: string) => string, where: string): number {
    const text = cell("drug").trim(), unit = this.#unitOf(text);
    if (unit === undefined) {
      throw new RowError(
        `${where}, column drug: found ${quoteValue(text)}, expected the identity or the name of a drug of ` +
          `${this.#data.name}, such as ${
            quoteValue(this.#data.drug.ids[this.#data.drug.of[this.#rows[0]]])
          }.`,
      );
    }
    const row = this.#rowOf.get(
      [unit, plainCellName(cell("cell")), amountOf(cell("dose")), amountOf(cell("time"))].join("\t"),
    );
    if (row !== undefined) return row;
    throw new RowError(
      `${where}: found ${quoteValue(text)} in ${quoteValue(cell("cell"))} at ${
        quoteValue(cell("dose"))
      } µM for ${
        quoteValue(cell("time"))
      } h, which is no condition of ${this.#data.name}; correct or remove it.`,
    );
  }
}

/** A dose or time; NaN where it is not known. */
function amountOf(text: string): number {
  const written = text.trim();
  return written === "" || written.toLowerCase() === "nan" ? NaN : Math.fround(Number(written));
}

/** The identity of a SMILES, or the text where it is none. */
export function identified(text: string, { identify }: MatchOptions): string {
  try {
    return identify?.(text) ?? text;
  } catch {
    return text;
  }
}
