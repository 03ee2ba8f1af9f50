import { styleText } from "node:util";
import Table from "cli-table3";

/** A table of texts: the same on a terminal and in Markdown. The first `textColumns` are set to the left. */
export interface TextTable {
  readonly head: readonly string[];
  readonly body: readonly { readonly cells: readonly string[]; readonly strong?: boolean }[];
  readonly textColumns?: number;
}

/** For a terminal; strong rows are bold. */
export function terminalText({ head, body, textColumns = 1 }: TextTable): string {
  const table = new Table({
    head: [...head],
    colAligns: head.map((_, column) => column < textColumns ? "left" : "right"),
    style: { head: [], border: [] },
    chars: { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" },
  });
  for (const { cells, strong } of body) {
    table.push(strong ? cells.map((cell) => styleText("bold", cell)) : [...cells]);
  }
  return table.toString();
}

/** In Markdown. */
export function markdownText({ head, body, textColumns = 1 }: TextTable): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  const rule = head.map((_, column) => column < textColumns ? "---" : "---:");
  const rows = body.map(({ cells, strong }) =>
    line(strong ? cells.map((cell) => cell && `**${cell}**`) : cells)
  );
  return [line(head), line(rule), ...rows].join("\n") + "\n";
}
