import { rowKey } from "../bench_file.ts";
import type { KernelRow } from "../kernel_row.ts";
import { bootstrapRatio, type RatioInterval } from "./bootstrap_ratio.ts";

/** What a comparison says of a row. */
export type Verdict = "slower" | "faster" | "same" | "unclear";

/** One row that both measurements have. Ratios are second over first: above 1 is worse. */
export interface ComparedRow {
  readonly key: string;
  readonly time: RatioInterval | null;
  readonly verdict: Verdict;
  /** Why there is no time verdict. */
  readonly reason?: string;
  /** Peak memory, second over first; null where one does not say. */
  readonly memory: number | null;
  /** Dispatches, second over first. */
  readonly launches: number | null;
}

/** How strict a comparison is. */
export interface CompareOptions {
  /** Relative change of time that matters, 0.1 by default. */
  readonly threshold?: number;
  /** What the times are divided by first. */
  readonly relativeTo?: "nothing" | "naive";
}

/** Fewer repeats than this say nothing about noise. */
const fewest = 5;

/** Memory and launches are counts, not measurements; this much is left for rounding to pages. */
export const memorySlack = 1.02;

/**
 * Compares rows of the same work. A row is slower or faster only when the whole bootstrap interval, widened by what the
 * repeats of either run drifted, lies beyond the threshold; it is the same when all of it lies inside, else unclear.
 *
 * With `relativeTo: "naive"` times are first divided by those of the naive twin of their own run, round by round where
 * the rounds match, which takes out how fast the machine was that day.
 */
export function compareRows(
  first: readonly KernelRow[],
  second: readonly KernelRow[],
  options: CompareOptions = {},
): ComparedRow[] {
  const known = new Map(first.map((row) => [rowKey(row), row]));
  return second.flatMap((row) => {
    const before = known.get(rowKey(row));
    return before ? [compareRow(before, row, first, second, options)] : [];
  });
}

function compareRow(
  before: KernelRow,
  after: KernelRow,
  first: readonly KernelRow[],
  second: readonly KernelRow[],
  { threshold = 0.1, relativeTo = "nothing" }: CompareOptions,
): ComparedRow {
  const counts = {
    key: rowKey(after),
    memory: ratioOf(before.peak_bytes, after.peak_bytes),
    launches: ratioOf(before.dispatches, after.dispatches),
  };
  const unclear = (reason: string): ComparedRow => ({ ...counts, time: null, verdict: "unclear", reason });
  if (relativeTo === "nothing" && before.adapter !== after.adapter) {
    return unclear(`times of different adapters (${before.adapter}; ${after.adapter})`);
  }
  const [a, b] = relativeTo === "naive"
    ? [againstNaive(before, first), againstNaive(after, second)]
    : [before.samples_ms, after.samples_ms];
  if (!a || !b) return unclear("no naive twin beside it");
  if (Math.min(a.length, b.length) < fewest) {
    return unclear(`${Math.min(a.length, b.length)} repeats, ${fewest} needed (--repeats)`);
  }
  const plain = bootstrapRatio(a, b);
  // Repeats of one run share its mood; how far its halves lie apart is the only trace of that.
  const drift = relativeTo === "naive" ? 1 : Math.max(...[before, after].map((row) => beside1(row.drift)));
  const time = { ratio: plain.ratio, low: plain.low / drift, high: plain.high * drift };
  const [lower, upper] = [1 / (1 + threshold), 1 + threshold];
  const verdict: Verdict = time.low > upper
    ? "slower"
    : time.high < lower
    ? "faster"
    : time.low >= lower && time.high <= upper
    ? "same"
    : "unclear";
  return { ...counts, time, verdict };
}

function beside1(drift: number): number {
  return Number.isFinite(drift) && drift > 0 ? Math.max(drift, 1 / drift) : 1;
}

/** Times over those of the naive twin: round by round where both have as many, else over its median. */
function againstNaive(row: KernelRow, rows: readonly KernelRow[]): number[] | undefined {
  if (row.variant === "naive") return undefined;
  const key = rowKey({ ...row, variant: "naive" });
  const twin = rows.find((other) => rowKey(other) === key);
  if (!twin || twin.samples_ms.length === 0) return undefined;
  if (twin.samples_ms.length === row.samples_ms.length) {
    return row.samples_ms.map((time, k) => time / twin.samples_ms[k]);
  }
  return row.samples_ms.map((time) => time / twin.ms_median);
}

function ratioOf(before: number | null, after: number | null): number | null {
  return before && after ? after / before : null;
}

/** Rows that have got worse: slower beyond noise, more memory, or more launches. */
export function regressions(compared: readonly ComparedRow[]): ComparedRow[] {
  return compared.filter(({ verdict, memory, launches }) =>
    verdict === "slower" || (memory ?? 1) > memorySlack || (launches ?? 1) > 1
  );
}
