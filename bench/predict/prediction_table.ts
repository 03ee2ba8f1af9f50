import Table from "cli-table3";
import { figure } from "../report/figure.ts";
import type { Prediction } from "./prediction.ts";

const style = { head: [], border: [], compact: true };

/** What every table of predictions says first. */
export function predictionMeaning(
  { assumed: { launchMicroseconds, latencyNanoseconds } }: Pick<Prediction, "assumed">,
): string {
  return "PREDICTED, nothing ran on these chips: the least time by datasheet, work, grid and machine code; " +
    `${launchMicroseconds} us a dispatch and ${latencyNanoseconds} ns of memory latency are assumed.`;
}

/** Steps and kernels for people: a line a chip. */
export function predictionTable(rows: readonly Prediction[]): string {
  const table = new Table({
    head: [
      "",
      "chip",
      "bound ms",
      "launches",
      "arithmetic",
      "memory",
      "roofline",
      "dispatches",
      "GFLOP",
      "MB",
      "limit",
    ],
    colAligns: ["left", "left", ...Array(8).fill("right"), "left"],
    style,
  });
  for (const row of rows) {
    table.push([
      `${row.name} ${row.variant}`,
      row.chip,
      ...[row.ms, row.launchMs, row.arithmeticMs, row.memoryMs, row.rooflineMs].map(figure),
      row.dispatches,
      figure(row.flops / 1e9),
      figure(row.bytes / 1e6),
      row.limiter,
    ]);
  }
  return table.toString();
}

/** The arithmetic of one: its calls, most expensive first. */
export function arithmeticTable(row: Prediction): string {
  const table = new Table({
    head: [
      "kernel",
      "calls",
      "groups",
      "MFLOP",
      "MB",
      "useful",
      "subgroups",
      "filled",
      "arithmetic ms",
      "memory ms",
      "bound ms",
    ],
    colAligns: ["left", ...Array(10).fill("right")],
    style,
  });
  for (const call of row.calls) {
    table.push([
      call.specialisation ? `${call.kernel} ${call.specialisation}` : call.kernel,
      call.calls,
      call.workgroups,
      figure(call.flops / 1e6),
      figure(call.bytes / 1e6),
      call.share === null ? "-" : `${(100 * call.share).toFixed(0)} %`,
      call.occupancy ?? "-",
      `${(100 * call.filled).toFixed(0)} %`,
      ...[call.arithmeticMs, call.memoryMs, call.ms].map(figure),
    ]);
  }
  const lacking = row.withoutCode > 0 && row.code
    ? `; ${row.withoutCode} dispatches without machine code`
    : "";
  return `${row.name} ${row.variant} on ${row.known}${
    row.code ? `, code of ${row.code}` : ", no machine code of its kind"
  }${lacking}:\n${table.toString()}`;
}
