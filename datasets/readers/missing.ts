/** Texts that spreadsheets, statistics packages and public tables write where there is no value, in lower case. */
const texts = new Set([
  ...[
    "",
    ".",
    "-",
    "--",
    "?",
    "na",
    "n/a",
    "n.a.",
    "#n/a",
    "#na",
    "nan",
    "<na>",
    "null",
    "none",
    "nil",
    "missing",
  ],
  ...["nd", "n.d.", "#value!", "#div/0!", "#ref!", "#name?", "#num!", "#null!"],
]);

/** Whether a cell says that there is no value; -666 does so in tables of LINCS. */
export function isMissing(cell: string): boolean {
  const text = cell.trim().toLowerCase();
  return texts.has(text) || isMissingCode(text);
}

/** -666 in any way of writing it. */
function isMissingCode(text: string): boolean {
  return /^-666(\.0*)?$/.test(text);
}

/** Texts that stand for no name, or for a structure that is not given: missing ones, and what LINCS writes. */
export function isNoName(text: string): boolean {
  return isMissing(text) || ["unknown", "restricted"].includes(text.trim().toLowerCase());
}
