import { closestName } from "../readers/closest_name.ts";
import { listNames } from "../readers/named_columns.ts";
import { quoteValue } from "../readers/quote_value.ts";
import { UserError } from "../user_error.ts";
import type { FeatureTable } from "./types.ts";

/**
 * The rows of a table with these names, in this order; rows that nobody asked for are left out.
 *
 * @param rowsAre `gene`, `pathway` ..., and `from` where the names come from, for the message.
 * @throws {UserError} naming the file and the names without a row.
 */
export function pickRows(
  table: FeatureTable,
  names: readonly string[],
  rowsAre: string,
  from: string,
): FeatureTable {
  const rowOf = new Map(table.names.map((name, row) => [name, row]));
  const missing = names.filter((name) => !rowOf.has(name));
  if (missing.length > 0) {
    const near = closestName(missing[0], table.names);
    throw new UserError(
      `${table.file}: ${table.names.length} rows, but none for the ${rowsAre}${
        missing.length > 1 ? "s" : ""
      } ` +
        `${listNames(missing)} of ${from}, expected one row for each of its ${names.length} ${rowsAre}s; ` +
        (near === undefined ? "" : `row ${rowOf.get(near)! + 1} is ${quoteValue(near)}; `) +
        `add the rows, or mend the name.`,
    );
  }
  const { width } = table;
  const values = new Float32Array(names.length * width);
  names.forEach((name, place) => {
    const row = rowOf.get(name)!;
    values.set(table.values.subarray(row * width, (row + 1) * width), place * width);
  });
  return { ...table, names: [...names], values };
}

/**
 * Makes sure that a table has the width that something else was built for.
 *
 * @param meaning what the width must match, `the run was trained on vectors of this width` for one.
 * @throws {UserError} naming the file, its width and the expected one.
 */
export function checkTableWidth(table: FeatureTable, width: number, meaning: string): void {
  if (table.width === width) return;
  throw new UserError(
    `${table.file}, row 1: found ${table.width} numbers after the name, expected ${width} (${meaning}); give the table ` +
      "of the right width.",
  );
}
