/** `rows 1, 2, 3, 4, 5 and 7 more`. */
export function rowsText(rows: readonly number[]): string {
  const shown = rows.slice(0, 5).join(", ");
  return `row${rows.length === 1 ? "" : "s"} ${shown}${
    rows.length > 5 ? ` and ${rows.length - 5} more` : ""
  }`;
}
