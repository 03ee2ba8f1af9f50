import { findColumn } from "./column_names.ts";
import { isMissing } from "./missing.ts";
import { MissingValueError } from "./missing_values.ts";
import { describeNonNumber, parseNumber, plainDigits } from "./parse_number.ts";
import { quoteValue } from "./quote_value.ts";
import { placeText, RowError, type RowPlace } from "./row_error.ts";

/** A quantity that tables of this field name in several units. */
export interface Quantity {
  /** `dose`, `time`. */
  readonly name: string;
  /** In messages: `a dose in µM`. */
  readonly meaning: string;
  /** Columns that hold it, usual names first. */
  readonly columns: readonly string[];
  /** Columns that hold its unit. */
  readonly unitColumns: readonly string[];
  /** Factors to the unit that is computed in, by the unit in small letters. */
  readonly units: Readonly<Record<string, number>>;
}

const molar = { m: 1e6, mm: 1e3, um: 1, nm: 1e-3, pm: 1e-6 } as const;

/** A dose, in µM. */
export const doseQuantity: Quantity = {
  name: "dose",
  meaning: "a dose in µM",
  columns: ["dose", "pert_dose", "pert_idose", "concentration", "conc", "drug_dose", "dosage", "dose_value"],
  unitColumns: ["pert_dose_unit", "dose_unit", "dose_units", "concentration_unit", "conc_unit"],
  units: {
    ...molar,
    ...{ molar: 1e6, millimolar: 1e3, micromolar: 1, nanomolar: 1e-3, picomolar: 1e-6 },
    ...{ "mol/l": 1e6, "mmol/l": 1e3, "umol/l": 1, "nmol/l": 1e-3, "pmol/l": 1e-6, "umol": 1, "mcm": 1 },
  },
};

/** A time, in hours. */
export const timeQuantity: Quantity = {
  name: "time",
  meaning: "a time in hours",
  columns: [
    "time",
    "pert_time",
    "pert_itime",
    "duration",
    "incubation_time",
    "treatment_time",
    "timepoint",
    "hours",
  ],
  unitColumns: ["pert_time_unit", "time_unit", "time_units"],
  units: {
    ...{ h: 1, hr: 1, hrs: 1, hour: 1, hours: 1, d: 24, day: 24, days: 24, w: 168, week: 168, weeks: 168 },
    ...{ min: 1 / 60, mins: 1 / 60, minute: 1 / 60, minutes: 1 / 60, m: 1 / 60, s: 1 / 3600, sec: 1 / 3600 },
  },
};

/** Small letters, both micro signs (U+00B5 and the Greek letter) as u, no blanks. */
function plainUnit(text: string): string {
  return text.trim().toLowerCase().replace(/[\u00b5\u03bc]/g, "u").replace(/\s+/g, "");
}

/** A number and the unit behind it, "" where there is none; undefined for what is no number. */
function split(text: string): { value: number; unit: string } | undefined {
  const match = /^([+-]?[\d.]+(?:[eE][+-]?\d+)?)\s*([\p{L}%[(].*)?$/u.exec(plainDigits(text));
  const value = match ? parseNumber(match[1]) : NaN;
  return Number.isNaN(value) ? undefined : { value, unit: plainUnit(match![2] ?? "") };
}

/** A dose as texts of LINCS have it (`10 uM`, `10.0 µm`, `500 nM`) in µM; NaN where none can be read. Without unit it is µM. */
export function parseDose(text: string): number {
  return parseAmount(text, doseQuantity);
}

/** A time (`24 h`, `1 d`) in hours; NaN where none can be read. Without unit it is hours. */
export function parseTime(text: string): number {
  return parseAmount(text, timeQuantity);
}

function parseAmount(text: string, { units }: Quantity): number {
  const parts = split(text);
  if (!parts || parts.value < 0) return NaN;
  const factor = parts.unit === "" ? 1 : Object.hasOwn(units, parts.unit) ? units[parts.unit] : NaN;
  return Math.fround(parts.value * factor);
}

/** Where a table holds a quantity. */
export interface AmountColumns {
  readonly quantity: Quantity;
  /** Position of its column. */
  readonly at: number;
  /** As the header writes it. */
  readonly name: string;
  /** Position of the column of its unit; -1 for none. */
  readonly unitAt: number;
  /** Unit that the header names (`dose_nM`, `time (h)`); "" for none. */
  readonly unit: string;
}

/** Finds a quantity in a header, where several hold it one that tells its unit; undefined where there is none. */
export function amountColumns(columns: readonly string[], quantity: Quantity): AmountColumns | undefined {
  const unitAt = findColumn(columns, quantity.unitColumns);
  const at = findColumn(columns, quantity.columns);
  const bare = at < 0 ? undefined : { quantity, at, name: columns[at], unitAt, unit: "" };
  if (bare && unitAt >= 0) return bare;
  for (const name of quantity.columns) {
    for (const [place, column] of columns.entries()) {
      const unit = unitInHeader(column, name);
      if (unit !== undefined && Object.hasOwn(quantity.units, unit)) {
        return { quantity, at: place, name: column, unitAt, unit };
      }
    }
  }
  return bare;
}

/** `nm` of `dose_nM`, `Dose (nM)`, `dose [nM]`, `dose.in.nM`. */
function unitInHeader(column: string, name: string): string | undefined {
  const text = plainUnit(column);
  if (!text.startsWith(name)) return undefined;
  return /^[_\s.\-(\[/]*(?:in[_.]?)?([a-z/]+)[)\]]*$/.exec(text.slice(name.length))?.[1];
}

/**
 * A quantity of a row in the unit that is computed in: the cell's own unit, else that of the unit's column, else that of the
 * header, else µM or hours.
 *
 * @throws {MissingValueError} where the row has none. @throws {RowError} for a negative amount, an unknown unit, or two that differ.
 */
export function amountCell(cells: readonly string[], columns: AmountColumns, place: RowPlace): number {
  const { quantity: { units, meaning }, at, name, unitAt, unit: inHeader } = columns;
  const text = cells[at];
  const fail = (what: string, advice = "mend or remove the row") => {
    return new RowError(
      `${placeText(place)}, column ${name}: found ${
        quoteValue(text)
      }, ${what}, expected ${meaning}; ${advice}.`,
    );
  };
  if (isMissing(text)) {
    throw new MissingValueError([text], name, meaning, place, "fill it in or remove the row");
  }
  const parts = split(text);
  if (!parts) {
    const why = describeNonNumber(text);
    throw fail(why === "not a number" ? "not a number, with or without a unit" : why);
  }
  const beside = unitAt < 0 || isMissing(cells[unitAt]) ? "" : plainUnit(cells[unitAt]);
  if (parts.unit !== "" && beside !== "" && units[parts.unit] !== units[beside]) {
    throw fail(`beside the unit ${quoteValue(cells[unitAt])}`, "name one unit");
  }
  const unit = parts.unit || beside || inHeader;
  if (unit !== "" && !Object.hasOwn(units, unit)) {
    const mass = /g\/?.*(ml|l|kg)|%|iu|u\/ml/.test(unit);
    throw fail(
      `in the unit ${quoteValue(parts.unit === "" && beside !== "" ? cells[unitAt] : unit)}`,
      mass ? "convert it: mass per volume needs the molar mass" : `convert it to one of ${knownUnits(units)}`,
    );
  }
  if (parts.value < 0) throw fail("a negative value");
  return Math.fround(parts.value * (unit === "" ? 1 : units[unit]));
}

/** Whether a row has its unit from the column of units alone; nothing in any unit is nothing. */
export function needsUnit(cells: readonly string[], { at, unitAt, unit }: AmountColumns): boolean {
  const parts = split(cells[at]);
  return unitAt >= 0 && unit === "" && parts?.unit === "" && parts.value !== 0;
}

/** Whether the unit of a row's amount is told: in the cell, beside it or in the header. */
export function namesUnit(cells: readonly string[], { at, unitAt, unit }: AmountColumns): boolean {
  return unit !== "" || (split(cells[at])?.unit ?? "") !== "" || (unitAt >= 0 && !isMissing(cells[unitAt]));
}

function knownUnits(units: Quantity["units"]): string {
  return Object.keys(units).slice(0, 5).join(", ");
}

/** The unit in a sentence, where a table names another one than is computed in; undefined otherwise. */
export function convertedNote(
  file: string,
  { quantity, name, unitAt, unit }: AmountColumns,
): string | undefined {
  if (unit !== "" && quantity.units[unit] !== 1) {
    return `${file}: the column ${quoteValue(name)} was converted to ${
      quantity === doseQuantity ? "µM" : "hours"
    }.`;
  }
  return unitAt >= 0 ? `${file}: units of ${quoteValue(name)} were taken from their own column.` : undefined;
}

/**
 * A quantity as the layouts that keep its text have it: `10 uM`, `24 h`; as written where the cell names its unit or is no number at
 * all, "" where it is missing.
 */
export function amountText(cells: readonly string[], columns: AmountColumns, place: RowPlace): string {
  const text = cells[columns.at].trim();
  if (isMissing(text)) return "";
  const parts = split(text);
  if (!parts || (parts.unit !== "" && columns.unitAt < 0)) return text;
  return `${amountCell(cells, columns, place)} ${columns.quantity === doseQuantity ? "uM" : "h"}`;
}

/** Texts of one amount written in several ways (`10 um`, `10.0 µM`) as the first of them; what is no amount stays. */
export function oneSpelling(texts: readonly string[], parse: (text: string) => number): string[] {
  const first = new Map<number, string>();
  return texts.map((text) => {
    const value = parse(text);
    if (Number.isNaN(value)) return text;
    if (!first.has(value)) first.set(value, text);
    return first.get(value)!;
  });
}
