/**
 * One line of a CSV file with its line end; cells that need quotes get them. A text that a spreadsheet would take for a formula
 * gets an apostrophe before it, which `plainCell` takes away again.
 */
export function csvLine(cells: readonly (string | number)[]): string {
  return cells.map((cell) => {
    const text = typeof cell === "number" ? String(cell) : withoutFormula(cell);
    return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  }).join(",") + "\n";
}

/** Texts that spreadsheets run, and such texts with apostrophes before them. */
const formula = /^'*\s*[=+@-]/;

function withoutFormula(text: string): string {
  return formula.test(text) && Number.isNaN(Number(text)) ? `'${text}` : text;
}

/** The text of a cell that `csvLine` wrote: without the apostrophe before what would be a formula. */
export function plainCell(cell: string): string {
  return cell.charCodeAt(0) === 0x27 && formula.test(cell) ? cell.slice(1) : cell;
}
