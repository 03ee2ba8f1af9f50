import { quoteValue } from "../readers/quote_value.ts";
import { UserError } from "../user_error.ts";

/** A SMILES that cannot be parsed. */
export interface BadSmiles {
  /** As written in the file. */
  readonly smiles: string;
  /** Rows that have it, 1 for the first below the header. */
  readonly rows: readonly number[];
}

function rowsText(rows: readonly number[]): string {
  const shown = rows.slice(0, 5).join(", ");
  return `row${rows.length === 1 ? "" : "s"} ${shown}${
    rows.length > 5 ? ` and ${rows.length - 5} more` : ""
  }`;
}

/** One error for all SMILES that cannot be parsed: every one is listed, so that a table can be mended at one go. */
export function badSmilesError(bad: readonly BadSmiles[], source?: string): UserError {
  const list = bad.map(({ smiles, rows }) => `${rowsText(rows)}: ${quoteValue(smiles, 200)}`).join("; ");
  return new UserError(
    `${source === undefined ? "" : `${source}: `}${bad.length} SMILES cannot be parsed (${list}), ` +
      `expected valid SMILES; mend ${
        bad.length === 1 ? "it" : "them"
      }, or leave these rows out with --skip-bad.`,
  );
}
