import { isMissing } from "./missing.ts";

/**
 * The number a CSV cell holds, or NaN when it holds none that float32 can carry.
 *
 * Stricter than `Number`, which takes "" for 0 and "0x10" for 16: those, NaN, infinities, values beyond the range of float32,
 * numbers too small for it and -666, LINCS' code for missing, all give NaN. Blanks around the number are accepted.
 */
export function parseNumber(cell: string): number {
  const value = Number(cell), single = Math.fround(value);
  if (!Number.isFinite(single) || value === -666) {
    const plain = plainDigits(cell);
    return value !== value && plain !== cell.trim() ? parseNumber(plain) : NaN;
  }
  // 0 may be an empty cell or a number below the least of float32; a letter in second place may be a radix prefix. Both are
  // rare, so the fast path is short.
  if (single === 0 && !/^\s*[+-]?[0.]*0[0.]*(e[+-]?\d+)?\s*$/i.test(cell)) return NaN;
  if (cell.length > 2 && /^\s*0[xXbBoO]/.test(cell)) return NaN;
  return value;
}

/** Signs between thousands that part nothing else: blanks that do not break, thin ones, apostrophes. */
const betweenThousands = /(?<=\d)[\u00a0\u2009\u202f'\u2019](?=\d{3}(?!\d))/g;

/** A text with a hyphen for a typographic minus or dash before a number, and without signs between thousands. */
export function plainDigits(text: string): string {
  return text.trim().replace(/^[\u2212\u2013](?=[\d.])|(?<=\d[eE])[\u2212\u2013](?=\d)/g, "-").replace(
    betweenThousands,
    "",
  );
}

/** What stands in the place of a number now and then, and what to call it. */
const otherTexts: readonly (readonly [RegExp, string])[] = [
  [/^[<>\u2264\u2265]=?\s*[\d.,]/, "a bound and no value"],
  [/^(~|\u2248|ca\.?|approx\.?)\s*[\d.,]/, "an estimate and no value"],
  [
    /^\d{1,2}[-. /]+(jan|feb|m[a\u00e4]r|mrz|apr|ma[iy]|jun|jul|aug|sep|o[ck]t|nov|de[cz])/,
    "a date: a spreadsheet has changed it",
  ],
  [/^(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[- ]\d/, "a date: a spreadsheet has changed it"],
  [/^\d{1,4}[/-]\d{1,2}[/-]\d{1,4}/, "a date: a spreadsheet has changed it"],
  [/\d\s*(\u00b1|\+\/-)\s*\d/, "a value with its error"],
  [/^[\d.]+\s*(-|\u2013|\u2014|to|\.\.)\s*[\d.]+/, "a range and no value"],
];

/** Says in words why `parseNumber` gave NaN for this cell, for an error message. */
export function describeNonNumber(cell: string): string {
  if (isMissing(cell)) return "a missing value";
  const text = cell.trim().toLowerCase();
  if (/^[+-]?(inf|infinity|1\.#inf)$/.test(text)) return "an infinite value";
  if (/^[+-]?\d{1,3},\d{3}$/.test(text)) {
    return `which may be ${text.replace(",", ".")} or ${
      text.replace(",", "")
    } and nothing in its column tells`;
  }
  if (/^[+-]?\d{1,3}([ ,.'\u2019]\d{3})+([.,]\d+)?$/.test(text) || /^[+-]?\d*,\d+$/.test(text)) {
    return "a number with a comma or with signs between thousands";
  }
  const other = otherTexts.find(([pattern]) => pattern.test(text));
  if (other) return other[1];
  const value = Number(cell);
  if (Number.isFinite(value) && !/^0[xbo]/.test(text)) {
    return Number.isFinite(Math.fround(value))
      ? "a value too small for float32"
      : "a value beyond the range of float32";
  }
  return "not a number";
}
