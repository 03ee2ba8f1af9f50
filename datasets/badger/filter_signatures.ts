import { parseNumber } from "../readers/parse_number.ts";
import { quoteValue } from "../readers/quote_value.ts";
import { UserError } from "../user_error.ts";
import { unknownName } from "./types.ts";
import type { BadgerLists, SignatureCounts } from "./types.ts";
import type { SignatureRow, SignatureTable } from "./read_signatures.ts";

/** The first filters of badger.md 4.2. */
export interface SignatureFilters {
  /** Signatures of other drugs are left out; undefined: all stay. */
  readonly drugs?: ReadonlySet<string>;
  /** `tas_score` must be above it; null: no limit. The release has 0.2. */
  readonly minTas: number | null;
  /** `qc_pass` must be 1. On in the release. */
  readonly requireQc: boolean;
}

/** Rows that the filters left, and the lists that are taken before repeated rows are dropped. */
export interface FilteredSignatures {
  /** Indices of rows, ascending. */
  readonly kept: readonly number[];
  /** Of badger.md 4.2 step 4. */
  readonly lists: BadgerLists;
  /** `usable` is not known yet. */
  readonly counts: Omit<SignatureCounts, "usable">;
}

/**
 * Steps 1 to 5 of badger.md 4.2, in this order.
 *
 * @throws {UserError} when a filter needs a column that is not there, or finds no number in it, or leaves nothing.
 */
export function filterSignatures(table: SignatureTable, filters: SignatureFilters): FilteredSignatures {
  const { rows } = table;
  const selected = rows.flatMap((row, index) => filters.drugs?.has(row.drug) === false ? [] : [index]);
  const active = filters.minTas === null
    ? selected
    : selected.filter((index) => activityOf(rows[index], table.hasActivity) > filters.minTas!);
  const passed = filters.requireQc
    ? active.filter((index) => qualityOf(rows[index], table.hasQuality) === 1)
    : active;
  const counts = {
    read: rows.length,
    selected: selected.length,
    active: active.length,
    passed: passed.length,
  };
  if (passed.length === 0) {
    throw new UserError(
      `${
        rows[0]?.file ?? "the signatures"
      }: no signature is left of ${rows.length} (${selected.length} after the drug ` +
        `selection, ${active.length} with a tas_score above ${filters.minTas}, 0 with a qc_pass of 1); lower or switch ` +
        "off the filters.",
    );
  }
  const lists = {
    cells: distinct(passed, (index) => rows[index].cell),
    drugs: distinct(passed, (index) => rows[index].drug),
    doses: distinct(passed, (index) => rows[index].dose),
  };
  const conditions = new Set<string>();
  const kept = passed.filter((index) => {
    const { drug, cell, dose, activity, quality, time } = rows[index];
    const key = [drug, cell, dose, sameNumber(activity), sameNumber(quality), time].join("\t");
    if (conditions.has(key)) return false;
    conditions.add(key);
    return true;
  });
  return { kept, lists, counts: { ...counts, distinct: kept.length } };
}

function distinct(rows: readonly number[], value: (row: number) => string): string[] {
  return [...new Set(rows.map(value)).add(unknownName)];
}

/** 0.5 and 0.50 are the same condition. */
function sameNumber(text: string): string {
  const value = parseNumber(text);
  return Number.isNaN(value) ? text : String(value);
}

function activityOf(row: SignatureRow, present: boolean): number {
  return filterNumber(row, "tas_score", row.activity, present, "give --min-tas none to keep every signature");
}

function qualityOf(row: SignatureRow, present: boolean): number {
  return filterNumber(row, "qc_pass", row.quality, present, "give --no-qc to keep every signature");
}

function filterNumber(
  row: SignatureRow,
  column: string,
  text: string,
  present: boolean,
  way: string,
): number {
  const value = parseNumber(text);
  if (!Number.isNaN(value)) return value;
  throw new UserError(
    present
      ? `${row.file}, row ${row.fileRow}, column ${column}: found ${
        quoteValue(text)
      }, expected a number to filter by; ` +
        `fill it in, or ${way}.`
      : `${row.file}, header: the column ${column} is missing, expected it because signatures are filtered by it; add ` +
        `it, or ${way}.`,
  );
}
