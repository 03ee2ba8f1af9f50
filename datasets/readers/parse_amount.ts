import { parseNumber } from "./parse_number.ts";

/** Factors to µM. */
const molar: Readonly<Record<string, number>> = { "": 1, m: 1e6, mm: 1e3, um: 1, nm: 1e-3, pm: 1e-6 };

/** Factors to hours. */
const hours: Readonly<Record<string, number>> = {
  "": 1,
  h: 1,
  hr: 1,
  hrs: 1,
  hour: 1,
  hours: 1,
  d: 24,
  day: 24,
  days: 24,
  min: 1 / 60,
};

/** A dose as texts of LINCS have it (`10 uM`, `10.0 µm`, `500 nM`) in µM; NaN where none can be read. Without unit it is µM. */
export function parseDose(text: string): number {
  return parseAmount(text, molar);
}

/** A time (`24 h`, `1 d`) in hours; NaN where none can be read. Without unit it is hours. */
export function parseTime(text: string): number {
  return parseAmount(text, hours);
}

function parseAmount(text: string, units: Readonly<Record<string, number>>): number {
  // Both micro signs: U+00B5 and the Greek letter.
  const match = /^([+-]?[\d.]+(?:e[+-]?\d+)?)\s*([a-z]*)$/.exec(
    text.trim().toLowerCase().replace(/[\u00b5\u03bc]/g, "u"),
  );
  const value = match ? parseNumber(match[1]) : NaN;
  const factor = match && Object.hasOwn(units, match[2]) ? units[match[2]] : NaN;
  return value < 0 ? NaN : Math.fround(value * factor);
}
