import { type BenchFile, rowKey } from "../bench_file.ts";
import { isWrong, type RefusedRow } from "../kernel_row.ts";

/** A row that only one of two measurements has. */
export interface ChangedRow {
  /** As {@link rowKey} names it; a refused variant without its pass. */
  readonly key: string;
  /** refused: wrong or failing in the second; missing: only in the first; new: only in the second. */
  readonly change: "refused" | "missing" | "new";
  /** Why it was refused, where it was. */
  readonly reason?: string;
}

type Measured = Pick<BenchFile, "rows" | "refused">;

/** Names a variant at some sizes, whatever the pass. */
function variantKey({ kernel, variant, sizes }: Pick<RefusedRow, "kernel" | "variant" | "sizes">): string {
  return rowKey({ kernel, variant, sizes, pass: "both" }).replace(" both ", " ");
}

/**
 * What cannot be compared because one side lacks it, worst first: variants that the second refused, rows that it lost,
 * rows that it has anew. Variants that were passed over on purpose in both are none of these.
 */
export function changedRows(before: Measured, after: Measured): ChangedRow[] {
  const refused = after.refused.filter(isWrong).map((row) => ({
    key: variantKey(row),
    change: "refused" as const,
    reason: row.reason,
  }));
  const told = new Set(refused.map(({ key }) => key));
  const reasons = new Map(after.refused.map((row) => [variantKey(row), row.reason]));
  const [known, present] = [before, after].map(({ rows }) => new Set(rows.map(rowKey)));
  const missing = before.rows.filter((row) => !present.has(rowKey(row)) && !told.has(variantKey(row)))
    .map((row) => ({ key: rowKey(row), change: "missing" as const, reason: reasons.get(variantKey(row)) }));
  const added = after.rows.filter((row) => !known.has(rowKey(row)))
    .map((row) => ({ key: rowKey(row), change: "new" as const }));
  return [...refused, ...missing, ...added];
}
