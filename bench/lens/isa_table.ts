import Table from "cli-table3";
import { type IsaRow, rowName } from "./isa_row.ts";

/** Machine code for people: a line a kernel and chip. */
export function isaTable(rows: readonly IsaRow[]): string {
  const table = new Table({
    head: [
      "kernel",
      "chip",
      "registers",
      "spills",
      "local B",
      "workgroup B",
      "occupancy",
      "instr.",
      "code B",
      "hottest loop: instr.",
      "multiply-adds",
      "share",
      "checks",
      "storage x bits",
      "workgroup x bits",
      "latency",
      "throughput",
    ],
    colAligns: ["left", "left", ...Array(15).fill("right")],
    style: { head: [], border: [], compact: true },
  });
  for (const row of rows) {
    const { loop } = row;
    table.push([
      rowName(row),
      row.chip,
      row.registers,
      row.spills,
      row.localBytes,
      row.workgroupBytes,
      row.occupancy,
      row.instructions,
      row.codeBytes,
      loop.instructions,
      loop.multiplyAdds,
      share(row),
      loop.checks,
      accesses(row, "storage"),
      accesses(row, "workgroupMemory"),
      row.latency ?? "-",
      row.inverseThroughput ?? "-",
    ]);
  }
  return table.toString();
}

/** Two versions beside each other, a line a figure. */
export function isaComparison(first: IsaRow, second: IsaRow): string {
  const table = new Table({
    head: [first.chip, rowName(first), rowName(second), "change"],
    colAligns: ["left", "right", "right", "right"],
    style: { head: [], border: [], compact: true },
  });
  const kinds = [...new Set([...Object.keys(first.mix), ...Object.keys(second.mix)])].sort();
  const widths = [...new Set([...Object.keys(first.accesses), ...Object.keys(second.accesses)])].sort();
  const lines: [string, (row: IsaRow) => number | null][] = [
    ["registers", (row) => row.registers],
    ["spills", (row) => row.spills],
    ["local bytes", (row) => row.localBytes],
    ["workgroup bytes", (row) => row.workgroupBytes],
    ["occupancy", (row) => row.occupancy],
    ["instructions", (row) => row.instructions],
    ["code bytes", (row) => row.codeBytes],
    ["hottest loop, instructions", (row) => row.loop.instructions],
    ["hottest loop, multiply-adds", (row) => row.loop.multiplyAdds],
    ["hottest loop, multiply-adds %", (row) => Math.round(1000 * loopShare(row)) / 10],
    ["hottest loop, bounds checks", (row) => row.loop.checks],
    ["latency, cycles", (row) => row.latency],
    ["inverse throughput, cycles", (row) => row.inverseThroughput],
    ...kinds.map((kind): [string, (row: IsaRow) => number] => [
      `all: ${kind}`,
      (row) => (row.mix as Record<string, number>)[kind] ?? 0,
    ]),
    ...widths.map((width): [string, (row: IsaRow) => number] => [
      `all: ${width} bits`,
      (row) => row.accesses[width] ?? 0,
    ]),
  ];
  for (const [name, of] of lines) {
    const [a, b] = [of(first), of(second)];
    if (a === null || b === null) continue;
    const change = a === b ? "" : a === 0 ? "new" : `${b > a ? "+" : ""}${Math.round(100 * (b / a - 1))} %`;
    table.push([name, a, b, change]);
  }
  return table.toString();
}

/** Multiply-adds as a share of the instructions of the hottest loop. */
export function loopShare({ loop }: Pick<IsaRow, "loop">): number {
  return loop.instructions === 0 ? 0 : loop.multiplyAdds / loop.instructions;
}

function share(row: IsaRow): string {
  return `${(100 * loopShare(row)).toFixed(1)} %`;
}

/** "8x128 2x32" */
function accesses(row: IsaRow, kind: string): string {
  return Object.entries(row.accesses).filter(([name]) => name.startsWith(`${kind} `))
    .map(([name, count]) => `${count}x${name.slice(kind.length + 1)}`).join(" ");
}
