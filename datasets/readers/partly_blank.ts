import { isMissing } from "./missing.ts";
import { MissingValueError } from "./missing_values.ts";
import type { RowError, RowPlace } from "./row_error.ts";

/** What a blank among filled cells is not taken for, for messages. */
export const notAsAbove = 'a blank is not taken to mean "as above"';

/** Watches a column that a table need not fill, but not in some rows alone: merged cells of a spreadsheet leave such blanks. */
export class PartlyBlank {
  readonly #meaning: string;
  readonly #blanks: { text: string; column: string; place: RowPlace }[] = [];
  #filled = false;

  /** @param meaning what is expected, for messages. */
  constructor(meaning: string) {
    this.#meaning = meaning;
  }

  /** Takes the cell of a row. @param needed false where the row does without. */
  take(text: string, column: string, place: RowPlace, needed = true): void {
    if (!isMissing(text)) this.#filled = true;
    else if (needed) this.#blanks.push({ text, column, place });
  }

  /** Hands over the rows without, where others have one. @throws {MissingValueError} for the first without `badRow`. */
  report(badRow?: (error: RowError, place: RowPlace) => void): void {
    if (!this.#filled) return;
    for (const { text, column, place } of this.#blanks) {
      const error = new MissingValueError(
        [text],
        column,
        `${this.#meaning} as in other rows`,
        place,
        `${notAsAbove}: fill it in everywhere, or leave such rows out with --skip-bad`,
      );
      if (!badRow) throw error;
      badRow(error, place);
    }
  }
}
