import { z } from "zod";
import { UserError } from "../../datasets/user_error.ts";
import { type BenchFile, rowKey } from "../bench_file.ts";
import type { KernelRow } from "../kernel_row.ts";
import { memorySlack } from "./compare_rows.ts";

/** What a kernel must keep: its advantage, its memory and its launches. No times: they belong to a machine. */
const guarded = z.strictObject({
  /** As {@link rowKey} names it. */
  key: z.string(),
  /** Speed-up of the fastest repeats against the naive twin's; null without a twin, and for variants the product does not run. */
  speedup_vs_naive: z.number().nullable(),
  peak_bytes: z.number(),
  dispatches: z.number(),
});

const schema = z.strictObject({
  format: z.literal("perturbine baseline 1"),
  /** By driver, without its version: kernels are chosen by class of adapter, ratios depend on the driver. */
  adapters: z.record(z.string(), z.array(guarded)),
});

/** A committed baseline. */
export type Baseline = z.infer<typeof schema>;

/** Share of its former speed-up that a kernel must keep: in software, with other programs running, ratios move threefold. */
const keptShare = 0.25;

/** Speed-ups below this are no advantage to lose. */
const leastAdvantage = 1.5;

/** The driver of an adapter's description, without version and machine. */
export function driverName(description: string): string {
  return description.replace(/\s*\(.*$/, "").replace(/[\d.]+$/, "").trim().toLowerCase();
}

/** The baseline of a measurement, beside what an earlier one holds for other drivers. */
export function baselineOf({ rows }: Pick<BenchFile, "rows">, before?: unknown): Baseline {
  const adapters = { ...schema.safeParse(before).data?.adapters };
  for (const [driver, members] of Map.groupBy(rows, ({ adapter }) => driverName(adapter))) {
    adapters[driver] = members.filter(({ pass }) => pass === "both").map((row) => ({
      key: rowKey(row),
      speedup_vs_naive: guardedSpeedup(row, members),
      peak_bytes: row.peak_bytes,
      dispatches: row.dispatches,
    }));
  }
  return { format: "perturbine baseline 1", adapters };
}

/** Of a kernel's first variant, which the product runs: its fastest repeat against that of its twin. */
function guardedSpeedup(row: KernelRow, rows: readonly KernelRow[]): number | null {
  const first = rows.find(({ kernel }) => kernel === row.kernel);
  const twin = rows.find((other) => rowKey(other) === rowKey({ ...row, variant: "naive" }));
  if (!twin || first?.variant !== row.variant || row.variant === "naive") return null;
  return Number((twin.ms_min / row.ms_min).toPrecision(3));
}

/** Whether a text is a baseline rather than a measurement. */
export function isBaseline(text: string): boolean {
  return text.includes('"perturbine baseline 1"');
}

/** Reads a baseline. @throws {UserError} */
export function parseBaseline(text: string, path: string): Baseline {
  const parsed = schema.safeParse(JSON.parse(text));
  if (parsed.success) return parsed.data;
  const { path: place, message } = parsed.error.issues[0];
  throw new UserError(
    `${path} is no baseline: ${place.join(".")}: ${message}; write it anew with bench kernels --guard.`,
  );
}

/** What a measurement lost against a baseline, a sentence each, and how many rows were compared. */
export function checkBaseline(baseline: Baseline, { rows }: Pick<BenchFile, "rows">) {
  const lost: string[] = [];
  let checked = 0;
  for (const row of rows) {
    const before = baseline.adapters[driverName(row.adapter)]?.find(({ key }) => key === rowKey(row));
    if (!before) continue;
    checked++;
    const { key, speedup_vs_naive: speedup, peak_bytes: bytes, dispatches } = before;
    if (row.peak_bytes > memorySlack * bytes) {
      lost.push(`${key}: ${row.peak_bytes} bytes at its peak, ${bytes} in the baseline.`);
    }
    if (row.dispatches > dispatches) {
      lost.push(`${key}: ${row.dispatches} dispatches, ${dispatches} in the baseline.`);
    }
    const now = guardedSpeedup(row, rows);
    if (speedup !== null && now !== null && speedup >= leastAdvantage && now < keptShare * speedup) {
      lost.push(`${key}: ${now.toPrecision(3)} times its naive twin, ${speedup} in the baseline.`);
    }
  }
  return { lost, checked };
}
