import { createHash } from "node:crypto";
import type { Dataset } from "../../dataset.ts";
import { piecesOf, withRows } from "../../matrix.ts";

/** µM above which a dose is in another unit more often than it is one: a millimolar, a thousand times the usual. */
const usualMost = 1000;

/** What is unusual about the rows of a table: copies of one another, and doses that hardly anybody gives. */
export function rowNotes(
  { dose, condition, truth, rowNames }: Pick<Dataset, "dose" | "condition" | "truth" | "rowNames">,
): string[] {
  const huge = [...dose.keys()].filter((row) => dose[row] > usualMost);
  const most = huge.reduce((high, row) => Math.max(high, dose[row]), 0);
  const copies = truth ? copiedRows(condition, truth) : [];
  return [
    ...(copies.length > 0
      ? [
        `${copies.length} of ${condition.length} rows are exact copies of an earlier one: the same condition with the same values, ` +
        `row ${rowNames[copies[0]]} first; remove them, they count twice.`,
      ]
      : []),
    ...(huge.length > 0
      ? [
        `${huge.length} rows have doses above ${usualMost} µM, up to ${
          Number(most.toPrecision(4))
        }: implausible; if they are in nM, name the column dose_nM.`,
      ]
      : []),
  ];
}

/** Rows whose condition and truth an earlier row has too. */
function copiedRows(condition: Uint32Array, truth: NonNullable<Dataset["truth"]>): number[] {
  const rowsOf = Map.groupBy(condition.keys(), (row) => condition[row]);
  const copies: number[] = [];
  for (const rows of rowsOf.values()) {
    if (rows.length < 2) continue;
    const seen = new Set<string>();
    let place = 0;
    for (const piece of piecesOf(withRows(truth, rows))) {
      for (let at = 0; at < piece.length; at += truth.columns, place++) {
        // Plus zero, so that 0 and -0 are one.
        const own = piece.slice(at, at + truth.columns).map((value) => value + 0);
        const content = createHash("sha256").update(new Uint8Array(own.buffer)).digest("hex");
        if (seen.has(content)) copies.push(rows[place]);
        seen.add(content);
      }
    }
  }
  return copies.sort((a, b) => a - b);
}
