import Table from "cli-table3";
import type { Fit } from "./fit_exponent.ts";
import type { KernelRow, RefusedRow } from "./kernel_row.ts";

/** The rows for people: a table a kernel and size, then what was refused and what to distrust. */
export function kernelTable(rows: readonly KernelRow[], refused: readonly RefusedRow[]): string {
  const parts: string[] = [];
  const groups = Map.groupBy(rows, ({ kernel, sizes }) => `${kernel}  ${describeSizes(sizes)}`);
  for (const [title, members] of groups) {
    const table = new Table({
      head: [
        "variant",
        "pass",
        "ms",
        "min",
        "+-",
        "n",
        "GFLOP/s",
        "GB/s",
        "roofline",
        "x naive",
        "error",
        "memory",
      ],
      colAligns: ["left", "left", ...Array(10).fill("right")],
      style: { head: [], border: [], compact: true },
    });
    for (const row of members) {
      table.push([
        row.variant,
        row.pass,
        figure(row.ms_median),
        figure(row.ms_min),
        figure(row.ms_spread),
        row.repeats,
        figure(row.gflops),
        figure(row.gbs),
        row.roofline_share === null ? "" : `${figure(100 * row.roofline_share)} %`,
        row.speedup_vs_naive === null ? "" : figure(row.speedup_vs_naive),
        row.max_rel_error.toExponential(1),
        megabytes(row.peak_bytes),
      ]);
    }
    parts.push(`${title}  (${members[0].adapter}, ${members[0].timer})\n${table.toString()}`);
    const host = members.filter((row) => row.host_us_per_dispatch !== null)
      .map((row) => `${row.variant} ${figure(row.host_us_per_dispatch!)} (${row.dispatches} dispatches)`);
    if (host.length > 0) parts.push(`  Host, microseconds a dispatch: ${host.join(", ")}`);
    const drifting = [
      ...new Set(members.filter(({ drift }) => drift > 1.3 || drift < 0.77).map((row) => row.variant)),
    ];
    if (drifting.length > 0) {
      parts.push(`  The machine was busy: times of ${drifting.join(", ")} drifted by more than 30 %.`);
    }
  }
  for (const { kernel, variant, reason } of refused) parts.push(`${kernel} ${variant}: no time, ${reason}`);
  return parts.join("\n\n");
}

/** How times grew over a sweep, a line a variant and pass. */
export function fitTable(fits: readonly Fit[]): string {
  return fits.map(({ kernel, variant, pass, size, from, to, points, exponent, r2 }) =>
    `${kernel} ${variant} ${pass}: time ~ ${size}^${exponent.toFixed(2)} from ${from} to ${to} ` +
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
