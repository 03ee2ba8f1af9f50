import { type IsaRow, rowName } from "./isa_row.ts";

/** What of a kernel's machine code is worse than a committed table says, or must not be at all; one sentence each. */
export function worseRows(rows: readonly IsaRow[], recorded: readonly IsaRow[]): string[] {
  return rows.flatMap((row) => {
    const name = `${rowName(row)} on ${row.chip}`;
    const before = recorded.find((other) => rowName(other) === rowName(row) && other.chip === row.chip);
    if (!before) return [`${name} is not in the table; record it with \`perturbine kernel isa all --json\``];
    const said: string[] = [];
    if (row.spills > 0) said.push(`${name} spills ${row.spills} registers`);
    if (row.localBytes > 0) said.push(`${name} keeps ${row.localBytes} bytes in local memory`);
    if (row.occupancy < before.occupancy) {
      said.push(`${name} has room for ${row.occupancy} subgroups, the table has ${before.occupancy}`);
    }
    if (row.instructions > before.instructions) {
      said.push(`${name} is ${row.instructions} instructions long, the table has ${before.instructions}`);
    }
    return said;
  });
}
