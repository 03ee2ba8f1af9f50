import type { BadSmiles } from "../../molecules/bad_smiles.ts";
import { quoteValue } from "../../readers/quote_value.ts";
import type { SkippedRow } from "../../dataset.ts";

/** Rows whose SMILES cannot be parsed, as rows left out. */
export function badRows(bad: readonly BadSmiles[], file: string): SkippedRow[] {
  return bad.flatMap(({ smiles, reason, rows }) =>
    rows.map((row) => ({
      file,
      row,
      reason: `${file}, row ${row}: found ${
        quoteValue(smiles, 100)
      }, which cannot be parsed (${reason}), expected a valid SMILES.`,
    }))
  );
}
