import { styleText } from "node:util";
import Table from "cli-table3";
import type { TextTable } from "./text_table.ts";

/** For a terminal; what is strong is bold. */
export function terminalText({ head, body, textColumns = 1 }: TextTable): string {
  const table = new Table({
    head: [...head],
    colAligns: head.map((_, column) => column < textColumns ? "left" : "right"),
    style: { head: [], border: [] },
    chars: { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" },
  });
  for (const cells of body) {
    table.push(cells.map((cell) => typeof cell === "string" ? cell : styleText("bold", cell.strong)));
  }
  return table.toString();
}
