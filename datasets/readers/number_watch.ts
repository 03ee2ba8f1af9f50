import { type AmountColumns, doseQuantity, namesUnit } from "./parse_amount.ts";
import { parseNumber } from "./parse_number.ts";
import { quoteValue } from "./quote_value.ts";
import { placeText, RowError, type RowPlace } from "./row_error.ts";

interface Seen {
  readonly text: string;
  readonly place: RowPlace;
}

/**
 * Watches the numbers of a column for points that may part thousands: `10.000` beside `40`, as programs write neither decimals that are
 * all zero nor whole numbers without them in one column.
 */
export class PartedThousands {
  #small: Seen | undefined;
  #parted: Seen | undefined;
  #other = false;

  /** Takes the cell of a row; what stands behind the number does not count. */
  take(cell: string, place: RowPlace): void {
    const number = /^[+-]?[\d.]+/.exec(cell.trim())?.[0] ?? "";
    if (/^[+-]?\d{1,3}$/.test(number)) this.#small ??= { text: number, place };
    else if (!/^[+-]?[1-9]\d{0,2}\.\d{3}$/.test(number)) this.#other = true;
    else if (number.endsWith("0")) this.#parted ??= { text: number, place };
  }

  /** @throws {RowError} for the first number that may be a thousand times as large. */
  report(column: string): void {
    if (this.#other || !this.#small || !this.#parted) return;
    const { text, place } = this.#parted;
    throw new RowError(
      `${placeText(place)}, column ${column}: found ${quoteValue(text)}, which may be ${Number(text)} or ${
        text.replace(".", "")
      } beside ${
        quoteValue(this.#small.text)
      } in row ${this.#small.place.row}, expected decimals alike in all rows; write it without a sign between thousands.`,
    );
  }
}

/** µM below which all doses of a table are in another unit more often than they are doses: a nanomolar. */
const leastDose = 1e-3;

/** Hours above which a time is in minutes more often than it is one: thirty days. */
const mostTime = 720;

/** Watches a dose or a time for another unit than is taken where none is named. */
export class AmountWatch {
  readonly #columns: AmountColumns;
  readonly #thousands = new PartedThousands();
  #highest: { readonly value: number; readonly place: RowPlace } | undefined;

  /** @param columns where the table holds it. */
  constructor(columns: AmountColumns) {
    this.#columns = columns;
  }

  /** Takes a row that could be read. */
  take(cells: readonly string[], place: RowPlace): void {
    this.#thousands.take(cells[this.#columns.at], place);
    if (namesUnit(cells, this.#columns)) return;
    const value = parseNumber(cells[this.#columns.at]);
    if (value > (this.#highest?.value ?? 0)) this.#highest = { value, place };
  }

  /** @throws {RowError} for amounts that hardly anybody gives, or that may be others. */
  report(): void {
    const { quantity, name } = this.#columns;
    this.#thousands.report(name);
    if (!this.#highest) return;
    const { value, place } = this.#highest;
    const found = `${placeText(place)}, column ${name}: found ${value}`;
    if (quantity === doseQuantity && value < leastDose) {
      throw new RowError(
        `${found}, and no dose is higher, expected µM, of which that is less than a nanomolar; name the unit in the header: ` +
          "dose_M for molar, dose_uM if it is right.",
      );
    }
    if (quantity !== doseQuantity && value > mostTime) {
      throw new RowError(
        `${found}, expected hours, of which that is ${
          Math.round(value / 24)
        } days; name the unit in the header: time_min for minutes, time_h if it is right.`,
      );
    }
  }
}
