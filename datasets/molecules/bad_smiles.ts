import { listLines } from "../readers/list_lines.ts";
import { quoteValue } from "../readers/quote_value.ts";
import { rowsText } from "../readers/rows_text.ts";
import { UserError } from "../user_error.ts";

/** A SMILES that cannot be parsed. */
export interface BadSmiles {
  /** As written in the file. */
  readonly smiles: string;
  /** Why, in a few words. */
  readonly reason: string;
  /** Rows that have it, 1 for the first below the header. */
  readonly rows: readonly number[];
}

/** One error for all SMILES that cannot be parsed, a line each, so that a table can be mended at one go. */
export function badSmilesError(bad: readonly BadSmiles[], source?: string): UserError {
  const lines = bad.map(({ smiles, reason, rows }) =>
    `${rowsText(rows)}: ${quoteValue(smiles, 80)}: ${reason}`
  );
  return new UserError(
    `${
      source === undefined ? "" : `${source}: `
    }${bad.length} SMILES cannot be parsed, expected valid SMILES; mend ${
      bad.length === 1 ? "it" : "them"
    }, or leave these rows out with --skip-bad:${listLines(lines)}`,
  );
}
