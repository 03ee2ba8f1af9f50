import { rowKey } from "../bench_file.ts";
import type { KernelRow } from "../kernel_row.ts";
import { quantile } from "../statistics.ts";
import { bootstrapRatio, driftBeyondNoise, type RatioInterval } from "./bootstrap_ratio.ts";

/** What a comparison says of a row. */
export type Verdict = "slower" | "faster" | "same" | "unclear";

/** One row that both measurements have. Ratios are second over first: above 1 is worse. */
export interface ComparedRow {
  readonly key: string;
  readonly time: RatioInterval | null;
  readonly verdict: Verdict;
  /** Why there is no time verdict. */
  readonly reason?: string;
  /**
   * Whether it took longer by the clock beyond the threshold, in the same time of processors: the machine was busier, or fewer
   * of them worked at once.
   */
  readonly longer?: boolean;
  /** What the times were divided by first. */
  readonly units: Units;
  /** Peak memory, second over first; null where one does not say. */
  readonly memory: number | null;
  /** Dispatches, second over first. */
  readonly launches: number | null;
}

/** What times are divided by: nothing, the naive twin of their own round, or the multiply-adds timed beside them. */
export type Units = "nothing" | "naive" | "canary";

/** How strict a comparison is. */
export interface CompareOptions {
  /** Relative change of time that matters, 0.1 by default. */
  readonly threshold?: number;
  /** By default the canary's units where both rows have them, else plain times. */
  readonly relativeTo?: Units;
  /** Processors that the two ran on, where the files say so: plain and canary times of different ones are not compared. */
  readonly processors?: readonly [string | undefined, string | undefined];
}

/** Fewer repeats than this say nothing about noise. */
const fewest = 5;

/** Memory and launches are counts, not measurements; this much is left for rounding to pages. */
export const memorySlack = 1.02;

/**
 * Compares rows of the same work. A row is slower or faster only when the whole bootstrap interval, widened by what the
 * repeats of either run drifted beyond their noise, lies beyond the threshold; it is the same when all of it lies inside, else
 * unclear.
 *
 * In canary units, where each repeat is divided by what multiply-adds in registers cost beside it, a busier or throttled
 * machine is no slower kernel. On software drivers both are counted by the time of processors; where they were taken by the
 * clock there (files of an earlier bench), short kernels slip between other programs that hold up the canary, and the fastest
 * repeats must agree as well. Relative to the naive twin, times are divided round by round by the twin's.
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
  { threshold = 0.1, relativeTo, processors = [undefined, undefined] }: CompareOptions,
): ComparedRow {
  const bothHave = before.samples_canary.length > 0 && after.samples_canary.length > 0;
  const units = relativeTo ?? (bothHave ? "canary" : "nothing");
  const counts = {
    key: rowKey(after),
    units,
    memory: ratioOf(before.peak_bytes, after.peak_bytes),
    launches: ratioOf(before.dispatches, after.dispatches),
  };
  const unclear = (reason: string): ComparedRow => ({ ...counts, time: null, verdict: "unclear", reason });
  const flag = before.flag ?? after.flag;
  if (flag) return unclear(flag);
  if (units !== "naive") {
    if (before.adapter !== after.adapter) {
      return unclear(`times of different adapters (${before.adapter}; ${after.adapter})`);
    }
    const [a, b] = processors;
    if (a !== undefined && b !== undefined && a !== b) {
      return unclear(`times of different processors (${a}; ${b}); --relative-to naive compares ratios`);
    }
  }
  if (units === "canary" && !bothHave) return unclear("no canary beside its repeats");
  if (units === "canary" && before.canary_clock !== after.canary_clock) {
    return unclear(
      `canary units of two clocks (${before.canary_clock}, ${after.canary_clock}); measure both with one version`,
    );
  }
  const [a, b] = units === "naive"
    ? [againstNaive(before, first), againstNaive(after, second)]
    : units === "canary"
    ? [before.samples_canary, after.samples_canary]
    : [before.samples_ms, after.samples_ms];
  if (!a || !b) return unclear("no naive twin beside it");
  if (Math.min(a.length, b.length) < fewest) {
    return unclear(`${Math.min(a.length, b.length)} repeats, ${fewest} needed (--repeats)`);
  }
  const plain = bootstrapRatio(a, b);
  // Repeats of one run share its mood; how far its halves lie apart is the only trace of that.
  const drift = units === "naive" ? 1 : Math.max(driftBeyondNoise(a), driftBeyondNoise(b));
  const fastest = units === "canary" && after.canary_clock === "device"
    ? after.ms_min / before.ms_min
    : plain.ratio;
  const time = {
    ratio: plain.ratio,
    low: Math.min(plain.low / drift, fastest),
    high: Math.max(plain.high * drift, fastest),
  };
  const [lower, upper] = [1 / (1 + threshold), 1 + threshold];
  const verdict: Verdict = time.low > upper
    ? "slower"
    : time.high < lower
    ? "faster"
    : time.low >= lower && time.high <= upper
    ? "same"
    : "unclear";
  const longer = units === "canary" && after.canary_clock === "processors" && verdict !== "slower" &&
    bootstrapRatio(before.samples_ms, after.samples_ms).low > upper;
  return { ...counts, time, verdict, ...(longer ? { longer } : {}) };
}

/** Times over those of the naive twin: round by round where both have as many, else over its median. */
function againstNaive(row: KernelRow, rows: readonly KernelRow[]): number[] | undefined {
  if (row.variant === "naive") return undefined;
  const key = rowKey({ ...row, variant: "naive" });
  const twin = rows.find((other) => rowKey(other) === key);
  if (!twin || twin.samples_ms.length === 0) return undefined;
  // Work where both have it: on a busy machine twins of a fraction of the speed are held up otherwise than the kernel.
  const counted = row.samples_canary.length > 0 && twin.samples_canary.length > 0;
  const [own, other] = [row, twin].map((one) => counted ? one.samples_canary : one.samples_ms);
  if (other.length === own.length) return own.map((time, k) => time / other[k]);
  return own.map((time) => time / quantile(other, 0.5));
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
