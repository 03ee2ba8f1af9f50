import { valueRange } from "./expression_scale.ts";
import { UserError } from "../user_error.ts";
import { findColumn } from "./column_names.ts";
import { requireColumn } from "./named_columns.ts";
import { quoteValue } from "./quote_value.ts";
import { placeText, RowError, type RowPlace } from "./row_error.ts";

/** How a column writes an IC50. */
export interface ResponseColumn {
  readonly at: number;
  /** As the header writes it. */
  readonly name: string;
  /** ln of µM from what a cell holds; NaN for what has no logarithm. */
  toLn(value: number): number;
  /** What it was converted from, for a note; undefined for a natural logarithm of µM. */
  readonly from?: string;
  /** `IC50` without more: a natural logarithm by the release's convention, and concentrations as often in other tables. */
  readonly unnamed: boolean;
}

/** Natural logarithms of µM beyond it are no measurement: e^20 µM is 485 M. */
export const largestLn = 20;

const ln = [
  ...["ln_ic50", "lnic50", "ln_ic50_um", "log_e_ic50", "natural_log_ic50", "ln_IC50_published"],
];
const log10 = ["log10_ic50", "log10ic50", "lg_ic50", "log10_ic50_um"];
const log10Molar = ["log10_ic50_m", "log10_ic50_molar", "lg_ic50_m"];
const log10Nanomolar = ["log10_ic50_nm"];
const minusLog10 = ["pic50", "neg_log10_ic50_m", "p_ic50"];
const unclear = ["log_ic50", "logic50"];

/** `nM` of `IC50_nM`, `IC50 (nM)`, `ic50.um`; "" where the header names none. */
const linearUnits: Readonly<Record<string, number>> = { m: 1e6, mm: 1e3, um: 1, nm: 1e-3, pm: 1e-6 };

function linear(column: string): number | undefined {
  const text = column.trim().toLowerCase().replace(/[\u00b5\u03bc]/g, "u");
  const unit = /^ic50[\s_.\-(\[]*(?:in[\s_]*)?(m|mm|um|nm|pm)[)\]]*$/.exec(text)?.[1];
  return unit === undefined ? undefined : linearUnits[unit];
}

/**
 * The column of an IC50 in a header, by its name: a natural logarithm (`LN_IC50`), log10, pIC50, or a concentration with its unit
 * (`IC50_uM`); one that says logarithm goes before one that does not.
 *
 * @throws {UserError} where there is none, or its name leaves open which logarithm is meant.
 */
export function responseColumn(file: string, columns: readonly string[]): ResponseColumn {
  const column = (at: number, rest: Pick<ResponseColumn, "toLn" | "from">) => ({
    at,
    name: columns[at],
    unnamed: false,
    ...rest,
  });
  const natural = findColumn(columns, ln);
  if (natural >= 0) return column(natural, { toLn: (value) => value });
  const decimal = findColumn(columns, log10);
  if (decimal >= 0) return column(decimal, { toLn: (value) => value * Math.LN10, from: "log10 of µM" });
  const molar = findColumn(columns, log10Molar);
  if (molar >= 0) {
    return column(molar, { toLn: (value) => (value + 6) * Math.LN10, from: "log10 of M" });
  }
  const nano = findColumn(columns, log10Nanomolar);
  if (nano >= 0) {
    return column(nano, { toLn: (value) => (value - 3) * Math.LN10, from: "log10 of nM" });
  }
  const minus = findColumn(columns, minusLog10);
  if (minus >= 0) {
    return column(minus, { toLn: (value) => (6 - value) * Math.LN10, from: "pIC50 (minus log10 of M)" });
  }
  const open = findColumn(columns, unclear);
  const plain = findColumn(columns, ["IC50", "ic50_value"]);
  if (open >= 0 && plain < 0) {
    throw new UserError(
      `${file}, header: found ${
        quoteValue(columns[open])
      }, which may be a natural logarithm or log10, expected one that says so; ` +
        "rename it ln_IC50 or log10_IC50 (of µM).",
    );
  }
  const withUnit = columns.findIndex((name) => linear(name) !== undefined);
  if (withUnit >= 0) {
    const factor = linear(columns[withUnit])!;
    return column(withUnit, {
      toLn: (value) => value > 0 ? Math.log(value * factor) : NaN,
      from: "a concentration",
    });
  }
  const at = plain >= 0 ? plain : requireColumn(file, columns, "IC50", "ln_IC50", "IC50_uM");
  return { at, name: columns[at], unnamed: true, toLn: (value) => value };
}

/** A response of a row, before it is known what its column holds. */
export interface RawResponse {
  readonly value: number;
  readonly place: RowPlace;
}

/**
 * The responses as natural logarithms of µM; those that are none are given to `bad`.
 *
 * @throws {UserError} when a column called IC50 holds concentrations, log10 of M or pIC50.
 */
export function naturalLogs(
  column: ResponseColumn,
  rows: readonly (RawResponse | undefined)[],
  bad: (error: RowError, place: RowPlace) => void,
): Float32Array<ArrayBuffer> {
  if (column.unnamed) {
    refuseConcentrations(column, rows);
    refuseOtherLogarithm(column, rows);
  }
  return Float32Array.from(rows, (row) => {
    if (!row) return NaN;
    const value = column.toLn(row.value);
    if (Math.abs(value) <= largestLn) return value;
    const found = `${placeText(row.place)}, column ${column.name}: found ${shown(row.value)}`;
    bad(
      new RowError(
        column.from === undefined || Number.isFinite(value)
          ? `${found}, which is ln IC50 ${
            shown(value)
          } and no concentration that can be, expected ln of µM from ` +
            `-${largestLn} to ${largestLn}; a fit went wrong, remove the row.`
          : `${found}, which has no logarithm, expected a concentration above 0; mend or remove the row.`,
      ),
      row.place,
    );
    return NaN;
  });
}

/** A value for people. */
function shown(value: number): string {
  return Math.abs(value) >= 1e6 ? value.toExponential(1) : String(Number(value.toPrecision(6)));
}

/** @throws {UserError} when all are positive and either too large for logarithms or spread like concentrations. */
function refuseConcentrations({ name }: ResponseColumn, rows: readonly (RawResponse | undefined)[]): void {
  const known = rows.filter((row) => row !== undefined);
  if (known.length === 0 || known.some(({ value }) => value < 0)) return;
  const beyond = known.filter(({ value }) => value > largestLn);
  const least = known.reduce((low, { value }) => Math.min(low, value), Infinity);
  const most = known.reduce((high, { value }) => Math.max(high, value), 0);
  const spread = known.length >= 10 && most > 300 * Math.max(least, 1e-9);
  if (
    beyond.length < Math.max(2, 0.02 * known.length) && !spread &&
    !(known.length === 1 && beyond.length === 1)
  ) return;
  const { value, place } = beyond[0] ?? known[0];
  throw new UserError(
    `${placeText(place)}, column ${name}: found ${
      shown(value)
    }, which can be no natural logarithm of µM, and none of ` +
      `${known.length} values is negative: they look like concentrations, expected ln IC50; name the column by its unit ` +
      "(IC50_uM, IC50_nM), and it is converted.",
  );
}

/** Rows from which on a range says what a column holds. */
const enough = 6, many = 20;

/** What values are that no table of natural logarithms of µM has alone: log10 of M, pIC50; undefined for others. */
function otherLogarithm(values: ArrayLike<number>): { is: string; name: string } | undefined {
  if (values.length < enough) return undefined;
  // A screen has more values than a call takes arguments.
  const { least, most, mean } = valueRange([Float32Array.from(values)]);
  // Many values, none above a micromolar, are a table of log10 of M sooner than one of strong drugs alone.
  if (least >= -12 && (most <= -2.5 || (most < 0 && values.length >= many)) && mean <= -3.5) {
    return { is: "log10 of M", name: "log10_IC50_M" };
  }
  if (least >= 2.5 && most <= 12 && mean >= 3.5) return { is: "minus log10 of M", name: "pIC50" };
  return undefined;
}

/** @throws {UserError} when the values of a column called IC50 lie where log10 of M or pIC50 do. */
function refuseOtherLogarithm(
  { name, at }: ResponseColumn,
  rows: readonly (RawResponse | undefined)[],
): void {
  const known = rows.filter((row) => row !== undefined);
  const other = otherLogarithm(known.map(({ value }) => value));
  if (!other) return;
  const [{ value, place }] = known;
  throw new UserError(
    `${placeText(place)}, column ${name}: found ${shown(value)} and ${
      known.length - 1
    } more like it, which look like ${other.is}, expected ln of µM; ${
      at < 0 ? "write one pair of cell line and drug a row, then " : ""
    }name the column ${other.name} and it is converted, or ln_IC50 if it is that.`,
  );
}

/** What a reader has to know of the responses: conversions, and a narrow scale that log10 would have. */
export function responseNotes(file: string, column: ResponseColumn, values: Float32Array): string[] {
  const known = values.filter((value) => !Number.isNaN(value));
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
  const deviation = Math.sqrt(known.reduce((sum, value) => sum + (value - mean) ** 2, 0) / known.length);
  const narrow = column.unnamed && known.length >= 30 && deviation < 1.3 &&
    known.every((value) => value >= -6 && value <= 6);
  const other = column.unnamed || column.from !== undefined ? undefined : otherLogarithm(known);
  return [
    ...(other
      ? [
        `${file}: the values of ${
          quoteValue(column.name)
        } lie where ${other.is} does; if they are that, name the column ${other.name}.`,
      ]
      : []),
    ...(column.from === undefined
      ? []
      : [`${file}: ${quoteValue(column.name)} was converted from ${column.from} to ln of µM.`]),
    ...(narrow
      ? [
        `${file}: the values of ${quoteValue(column.name)} spread by ${
          deviation.toFixed(1)
        } alone, as log10 would; if they are log10, ` +
        "name the column log10_IC50.",
      ]
      : []),
  ];
}
