/** What parts the values of a line. */
export interface Separator {
  readonly text: "," | "\t" | ";" | " ";
  /** In messages: `commas`. */
  readonly name: string;
}

const separators: readonly Separator[] = [
  { text: ",", name: "commas" },
  { text: "\t", name: "tabs" },
  { text: ";", name: "semicolons" },
];

/** By its first line: what occurs most often outside quotes; blanks where nothing else occurs and `blanks` allows them. */
export function separatorOf(line: string, blanks = false): Separator {
  const bare = line.replace(/"(?:[^"]|"")*"/g, "");
  const counts = separators.map(({ text }) => bare.split(text).length - 1);
  const most = Math.max(...counts);
  if (most > 0) return separators[counts.indexOf(most)];
  return blanks && /\S +\S/.test(bare) ? { text: " ", name: "blanks" } : separators[0];
}

/** A number with a decimal comma, as spreadsheets of many countries write it, with a point; other texts as they are. */
export function withDecimalPoint(cell: string): string {
  return /^\s*[+-]?\d*,\d+([eE][+-]?\d+)?\s*$/.test(cell) ? cell.replace(",", ".") : cell;
}
