import Table from "cli-table3";
import type { PeerRow, RefusedPeer } from "./run_peers.ts";

/** The rows for people: a table a case and pass, the fastest first; then who gave no time, and why. */
export function peerTable(rows: readonly PeerRow[], refused: readonly RefusedPeer[]): string {
  const parts: string[] = [];
  const title = ({ kernel, pass, sizes }: PeerRow) =>
    `${kernel} ${pass === "both" ? "forward + backward" : pass}  ${
      Object.entries(sizes).map(([name, value]) => `${name}=${value}`).join(" ")
    }`;
  for (const [heading, members] of Map.groupBy(rows, title)) {
    const table = new Table({
      head: ["contender", "ms", "min", "+-", "rounds", "x Perturbine", "error", "first run", "adapter"],
      colAligns: ["left", "right", "right", "right", "right", "right", "right", "right", "left"],
      style: { head: [], border: [], compact: true },
    });
    for (const row of members.toSorted((a, b) => a.ms_median - b.ms_median)) {
      table.push([
        row.variant,
        figure(row.ms_median),
        figure(row.ms_min),
        figure(row.ms_spread),
        row.repeats,
        row.times_perturbine === null || row.times_perturbine === undefined
          ? ""
          : figure(row.times_perturbine),
        row.max_rel_error.toExponential(1),
        row.first_ms === undefined ? "" : figure(row.first_ms),
        row.adapter,
      ]);
    }
    parts.push(`${heading}\n${table.toString()}`);
  }
  for (const { kernel, variant, pass, reason } of refused) {
    parts.push(`${variant}${kernel === "" ? "" : `, ${kernel} ${pass}`}: no time, ${reason}`);
  }
  return parts.join("\n\n");
}

function figure(value: number): string {
  return value >= 1000 ? Math.round(value).toLocaleString("en-GB") : value.toPrecision(3);
}
