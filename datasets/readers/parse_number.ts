import { isMissing } from "./missing.ts";

/**
 * The number a CSV cell holds, or NaN when it holds none that float32 can carry.
 *
 * Stricter than `Number`, which takes "" for 0 and "0x10" for 16: those, NaN, infinities, values beyond the range of float32,
 * numbers too small for it and -666, LINCS' code for missing, all give NaN. Blanks around the number are accepted.
 */
export function parseNumber(cell: string): number {
  const value = Number(cell);
  if (!Number.isFinite(Math.fround(value)) || value === -666) return NaN;
  // 0 may be an empty cell or a number below the least of float64; a letter in second place may be a radix prefix. Both are
  // rare, so the fast path is short.
  if (value === 0 && !/^\s*[+-]?[0.]*0[0.]*(e[+-]?\d+)?\s*$/i.test(cell)) return NaN;
  if (cell.length > 2 && /^\s*0[xXbBoO]/.test(cell)) return NaN;
  return value;
}

/** Says in words why `parseNumber` gave NaN for this cell, for an error message. */
export function describeNonNumber(cell: string): string {
  if (isMissing(cell)) return "a missing value";
  const text = cell.trim().toLowerCase();
  if (/^[+-]?(inf|infinity|1\.#inf)$/.test(text)) return "an infinite value";
  if (/^[+-]?\d{1,3}([ ,.']\d{3})+([.,]\d+)?$/.test(text) || /^[+-]?\d+,\d+$/.test(text)) {
    return "a number with a comma";
  }
  const value = Number(cell);
  if (Number.isFinite(value) && !/^0[xbo]/.test(text)) {
    return Number.isFinite(Math.fround(value))
      ? "a value too small for float32"
      : "a value beyond the range of float32";
  }
  return "not a number";
}
