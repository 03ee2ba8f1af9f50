import Table from "cli-table3";
import type { Fit } from "./fit_exponent.ts";
import { doubtsOf } from "./doubts.ts";
import { inRed } from "./in_red.ts";
import { quantile } from "./statistics.ts";
import { isWrong, type KernelRow, type RefusedRow } from "./kernel_row.ts";

/** The rows for people: what was refused first, then a table a kernel and size, and what to distrust. */
export function kernelTable(rows: readonly KernelRow[], refused: readonly RefusedRow[]): string {
  const parts = [refusedText(refused)].filter((text) => text !== "");
  const groups = Map.groupBy(rows, ({ kernel, sizes }) => `${kernel}  ${describeSizes(sizes)}`);
  for (const [title, members] of groups) {
    parts.push(`${title}  (${members[0].adapter}, ${members[0].timer})\n${rowsTable(members)}`);
    const host = members.filter((row) => row.host_us_per_dispatch !== null)
      .map((row) => `${row.variant} ${figure(row.host_us_per_dispatch!)} (${row.dispatches} dispatches)`);
    if (host.length > 0) parts.push(`  Host, microseconds a dispatch: ${host.join(", ")}`);
    const doubtful = Map.groupBy(
      members.filter((row) => doubtsOf(row).length > 0),
      (row) => `${row.variant}\n${doubtsOf(row).join("; ")}`,
    );
    for (const [told, found] of doubtful) {
      const [variant, why] = told.split("\n");
      parts.push(`  Do not quote ${variant} (${found.map(({ pass }) => pass).join(", ")}): ${why}.`);
    }
  }
  return parts.join("\n\n");
}

/** Variants that gave no time, by name and size: wrong results and failures in red, then what was not run. */
export function refusedText(refused: readonly RefusedRow[]): string {
  const told = [...refused].sort((a, b) => Number(isWrong(b)) - Number(isWrong(a))).map((row) => {
    const at = describeSizes(row.sizes);
    const text = `${row.kernel} ${row.variant}${at ? ` at ${at}` : ""}: no time, ${row.reason}`;
    return isWrong(row) ? inRed(text) : text;
  });
  return told.join("\n");
}

function rowsTable(members: readonly KernelRow[]): string {
  const table = new Table({
    head: [
      "variant",
      "pass",
      "ms",
      "min",
      "+-",
      "cold",
      "n",
      "units",
      "GFLOP/s",
      "done",
      "GB/s",
      "done",
      "roofline",
      "x naive",
      "time over first",
      "error",
      "memory",
    ],
    colAligns: ["left", "left", ...Array(15).fill("right")],
    style: { head: [], border: [], compact: true },
  });
  for (const row of members) {
    const { vs_first: first, speedup_interval: interval } = row;
    table.push([
      row.variant,
      row.pass,
      figure(row.ms_median),
      figure(row.ms_min),
      row.ms_spread === null ? "" : figure(row.ms_spread),
      row.ms_cold === null ? "" : figure(row.ms_cold),
      `${row.repeats}${row.stopped === "low noise" ? " q" : row.stopped === "budget spent" ? " b" : ""}`,
      row.samples_canary.length === 0 ? "" : figure(quantile(row.samples_canary, 0.5)),
      row.flag ? "" : figure(row.gflops),
      other(row.gflops_done, row),
      row.flag ? "" : figure(row.gbs),
      other(row.gbs_done, row),
      row.flag ? "impossible" : row.roofline_share === null ? "" : `${figure(100 * row.roofline_share)} %`,
      row.speedup_vs_naive === null || row.flag || row.variant === "naive"
        ? ""
        : `${figure(row.speedup_vs_naive)}${
          interval ? ` (${figure(interval[0])}-${figure(interval[1])})` : " ?"
        }`,
      first ? `${first.ratio.toFixed(2)} (${first.low.toFixed(2)}-${first.high.toFixed(2)})` : "",
      row.max_rel_error.toExponential(1),
      megabytes(row.peak_bytes),
    ]);
  }
  return table.toString();
}

/** A rate of what was done, where it differs from that of what is needed. */
function other(rate: number | null, row: KernelRow): string {
  const same = rate === row.gflops || rate === row.gbs;
  return rate === null || same || row.flag ? "" : figure(rate);
}

/** What the columns of the table mean that do not say it themselves; printed once. */
export const tableLegend =
  "n: repeats; q: stopped since their noise was low, b: since the budget was spent. cold: after a fill larger than the " +
  "last cache. Rates: of what the operation needs, and of what its kernels did where that is more. units: its work over that of 10^9 operations of register multiply-adds beside it, by the device's time, on software drivers by that of all processors, which other programs do not touch. Intervals: 99 %, over shared rounds; " +
  "?: fewer than five of them.";

/** How times grew over a sweep, a line a variant and pass. */
export function fitTable(fits: readonly Fit[]): string {
  return fits.map(({ kernel, variant, pass, size, from, to, points, exponent, error, r2 }) =>
    `${kernel} ${variant} ${pass}: time ~ ${size}^${exponent.toFixed(2)}${
      error === null ? "" : ` +- ${error.toFixed(2)}`
    } from ${from} to ${to} ` +
    `(${points} sizes, r2 ${r2.toFixed(3)})`
  ).join("\n");
}

function describeSizes(sizes: Readonly<Record<string, number>>): string {
  return Object.entries(sizes).map(([name, value]) => `${name}=${value}`).join(" ");
}

function figure(value: number): string {
  return value >= 1000 ? Math.round(value).toLocaleString("en-GB") : value.toPrecision(3);
}

function megabytes(bytes: number): string {
  return `${figure(bytes / 1e6)} MB`;
}
