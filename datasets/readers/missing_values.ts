import { placeText, RowError, type RowPlace } from "./row_error.ts";
import { quoteValue } from "./quote_value.ts";

/** A row in which values are missing. */
export class MissingValueError extends RowError {
  /** The class name, for messages. */
  override name = "MissingValueError";
  /** What stood where a value was expected. */
  readonly texts: readonly string[];

  /** @param texts all of the row that are missing, the first in `column`. */
  constructor(texts: readonly string[], column: string, meaning: string, place: RowPlace, advice: string) {
    const more = texts.length > 1 ? ` (and ${texts.length - 1} more in this row)` : "";
    super(
      `${placeText(place)}, column ${column}: found ${
        quoteValue(texts[0])
      }, a missing value${more}, expected ${meaning}; ` +
        `${advice}.`,
    );
    this.texts = texts;
  }
}

/** The missing values of a file: one rule for all that stand for one, counted. */
export class MissingValues {
  readonly #counts = new Map<string, number>();
  #rows = 0;
  #first: MissingValueError | undefined;

  /** Notes a row's. */
  add(error: MissingValueError): void {
    this.#first ??= error;
    this.#rows++;
    for (const text of error.texts) {
      const shown = text.trim();
      this.#counts.set(shown, (this.#counts.get(shown) ?? 0) + 1);
    }
  }

  /** `12 missing values (10 "-666", 2 "NA") in 3 rows`. */
  get text(): string {
    const counts = [...this.#counts].sort((a, b) => b[1] - a[1]);
    const total = counts.reduce((sum, [, count]) => sum + count, 0);
    const shown = counts.slice(0, 4).map(([text, count]) => `${count} ${quoteValue(text, 20)}`).join(", ");
    return `${total} missing value${total === 1 ? "" : "s"} (${shown}) in ${this.#rows} row${
      this.#rows === 1 ? "" : "s"
    }`;
  }

  /** Whether there are any. */
  get some(): boolean {
    return this.#rows > 0;
  }

  /** The error of a file that may have none; undefined where it has none. */
  error(file: string, rows: number): RowError | undefined {
    if (this.#rows < 2) return this.#first;
    const first = this.#first!.message.slice(file.length + 2).replace(/: found .*$/s, "");
    return new RowError(
      `${file}: ${this.text} of ${rows}, first in ${first}; expected a value everywhere: fill them in, or leave these rows ` +
        "out with --skip-bad.",
    );
  }
}
