import type { RowError, RowPlace } from "./row_error.ts";
import { MissingValueError, MissingValues } from "./missing_values.ts";
import type { SkippedRow } from "../dataset.ts";
import { UserError } from "../user_error.ts";

/** Collects the faulty rows of sibling files, whose rows belong together, when the user asked to skip them. */
export class SkippedRows {
  readonly list: SkippedRow[] = [];
  readonly #numbers = new Set<number>();
  readonly #missing = new MissingValues();

  /** Handler for one file; undefined (faults are thrown) unless bad rows are skipped. */
  readonly handler: ((error: RowError, place: RowPlace) => void) | undefined;

  constructor(skipBad: boolean) {
    this.handler = skipBad
      ? (error, { file, row }) => {
        this.#numbers.add(row);
        if (error instanceof MissingValueError) this.#missing.add(error);
        this.list.push({ file, row, reason: error.message });
      }
      : undefined;
  }

  /** What was missing in the rows that were left out, counted; none where nothing was. */
  get notes(): string[] {
    return this.#missing.some ? [`Left out: ${this.#missing.text}.`] : [];
  }

  /** Indices (0-based) of the rows that are good in every file. @throws {UserError} when none is. */
  keep(rows: number, place: string): Uint32Array<ArrayBuffer> {
    const kept = Uint32Array.from({ length: rows }, (_, index) => index).filter((index) =>
      !this.#numbers.has(index + 1)
    );
    if (kept.length === 0) {
      throw new UserError(
        `${place}: all ${rows} rows are bad, so nothing is left after skipping them; the first: ${
          this.list[0].reason
        }`,
      );
    }
    return kept;
  }
}
