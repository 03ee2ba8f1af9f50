/** Texts that spreadsheets and statistics packages write for a missing value, in lower case. */
const missing = new Set(["", "na", "nan", "null", "none", "n/a", "#n/a", "."]);

/**
 * The number a CSV cell holds, or NaN when it holds none that float32 can carry.
 *
 * Stricter than `Number`, which takes "" for 0 and "0x10" for 16: those, NaN, infinities and values beyond the
 * range of float32 all give NaN. Blanks around the number are accepted.
 */
export function parseNumber(cell: string): number {
  const value = Number(cell);
  if (!Number.isFinite(Math.fround(value))) return NaN;
  // 0 may be an empty cell; a letter in second place may be a radix prefix. Both are rare, so the fast path is short.
  if (value === 0 && cell.trim() === "") return NaN;
  if (cell.length > 2 && /^\s*0[xXbBoO]/.test(cell)) return NaN;
  return value;
}

/** Says in words why `parseNumber` gave NaN for this cell, for an error message. */
export function describeNonNumber(cell: string): string {
  const text = cell.trim().toLowerCase();
  if (missing.has(text)) return "a missing value";
  if (/^[+-]?(inf|infinity)$/.test(text)) return "an infinite value";
  const value = Number(cell);
  if (Number.isFinite(value) && !Number.isFinite(Math.fround(value))) {
    return "a value beyond the range of float32";
  }
  return "not a number";
}
