import { Markup, markup, type MarkupValue } from "./markup.ts";

/** A cell: text, or text that stands out. */
export type Cell = string | { readonly strong: string };

/** A table of texts: the same on a terminal, in Markdown and on a page. The first `textColumns` (default 1) are set to the left. */
export interface TextTable {
  /** Titles of the columns. */
  readonly head: readonly string[];
  /** Rows of cells. */
  readonly body: readonly (readonly Cell[])[];
  /** So many from the left hold text. */
  readonly textColumns?: number;
}

/** In Markdown. */
export function markdownText({ head, body, textColumns = 1 }: TextTable): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((text) => text.replaceAll("|", "\\|")).join(" | ")} |`;
  const rule = head.map((_, column) => column < textColumns ? "---" : "---:");
  const rows = body.map((cells) =>
    line(cells.map((cell) => typeof cell === "string" ? cell.trim() : `**${cell.strong}**`))
  );
  return [line(head), line(rule), ...rows].join("\n") + "\n";
}

/** On a page, where a cell may be a drawing too. */
export function pageTable(
  { head, body, textColumns = 1 }: Omit<TextTable, "body"> & {
    readonly body: readonly (readonly (Cell | MarkupValue)[])[];
  },
): Markup {
  const side = (column: number) => column < textColumns && "text";
  const shown = (cell: Cell | MarkupValue) =>
    typeof cell === "object" && cell !== null && "strong" in cell
      ? markup`<strong>${cell.strong}</strong>`
      : cell;
  return markup`
<div class="scroll"><table>
<tr>${
    head.map((text, column) =>
      // Above bars there is nothing to be read aloud.
      markup`<th class="${side(column)}"${text === "" && new Markup(' role="presentation"')}>${text}</th>`
    )
  }</tr>
${
    body.map((cells) =>
      markup`<tr>${cells.map((cell, column) => markup`<td class="${side(column)}">${shown(cell)}</td>`)}</tr>`
    )
  }
</table></div>`;
}

/** All cells of a row strong, or as they are. */
export function emphasised(cells: readonly string[], strong: boolean): Cell[] {
  return strong ? cells.map((cell) => cell && { strong: cell }) : [...cells];
}
