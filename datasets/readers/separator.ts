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

/** A quoted value. */
const quoted = /"(?:[^"]|"")*"/g;

/**
 * By its first line: what occurs most often outside quotes; blanks where nothing else occurs and `blanks` allows them, or where the
 * second line has as many values, or one more, as R's write.table writes them.
 */
export function separatorOf(line: string, blanks = false, second = ""): Separator {
  const bare = line.replace(quoted, "q");
  const counts = separators.map(({ text }) => bare.split(text).length - 1);
  const most = Math.max(...counts);
  if (most > 0) return separators[counts.indexOf(most)];
  const parted = /\S +\S/.test(bare) && (blanks || isTableOfBlanks(bare, second.replace(quoted, "q")));
  return parted ? { text: " ", name: "blanks" } : separators[0];
}

/** What a first line `sep=;` tells, which Excel writes and obeys; undefined for any other line. */
export function separatorTold(line: string): Separator | undefined {
  const told = /^"?sep=(.)"?[,;\t ]*$/i.exec(line)?.[1];
  return separators.find(({ text }) => text === told);
}

/** Whether two lines without their quoted values are of a table parted by single blanks, and not one column of words. */
function isTableOfBlanks(header: string, row: string): boolean {
  const names = header.trim().split(" ").length, values = row.trim().split(" ").length;
  const sure = /^q( q)+$/.test(header.trim()) ||
    (names > 2 && /(^| )[+-]?[\d.]+(e[+-]?\d+)?$/i.test(row.trim()));
  return sure && !/[,;\t]/.test(row) && (values === names || values === names + 1);
}
