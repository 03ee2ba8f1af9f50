import Table from "cli-table3";
import type { ComparedRow } from "./compare_rows.ts";
import { inRed } from "../in_red.ts";
import type { ChangedRow } from "./changed_rows.ts";
import { memorySlack } from "./compare_rows.ts";

/** A comparison for people: what one side lacks, every row that changed or is unclear, and how many did not. */
export function compareTable(compared: readonly ComparedRow[], changed: readonly ChangedRow[] = []): string {
  const lines = changed.map(({ key, change, reason }) =>
    inRed(`${change}: ${key}${reason ? ` (${reason})` : ""}`)
  );
  return [...lines, rowsTable(compared)].join("\n");
}

function rowsTable(compared: readonly ComparedRow[]): string {
  const table = new Table({
    head: ["row", "time B / A", "interval", "in units of", "memory", "launches", "verdict"],
    colAligns: ["left", "right", "right", "left", "right", "right", "left"],
    style: { head: [], border: [], compact: true },
  });
  let same = 0;
  for (const { key, time, verdict, reason, units, memory, launches } of compared) {
    const counts = (memory ?? 1) > memorySlack || (memory ?? 1) < 1 / memorySlack || (launches ?? 1) !== 1;
    if (verdict === "same" && !counts) {
      same++;
      continue;
    }
    table.push([
      key,
      time ? time.ratio.toFixed(3) : "",
      time ? `${time.low.toFixed(2)} to ${time.high.toFixed(2)}` : "",
      units === "nothing" ? "ms" : units,
      memory === null ? "" : memory.toFixed(3),
      launches === null ? "" : launches.toFixed(2),
      reason ? `${verdict}: ${reason}` : verdict,
    ]);
  }
  const longer = compared.filter(({ longer }) => longer).length;
  const count = `${compared.length} rows compared, ${same} the same in time, memory and launches` +
    (longer > 0
      ? `\n${longer} took longer by the clock in no more time of processors: a busier machine, or fewer of them at once ` +
        "(--relative-to nothing names them)"
      : "");
  return table.length === 0 ? count : `${table.toString()}\n${count}`;
}
