import { isMissing, isNoName } from "./missing.ts";
import { MissingValueError } from "./missing_values.ts";
import { describeNonNumber, parseNumber } from "./parse_number.ts";
import { quoteValue } from "./quote_value.ts";
import { placeText, RowError, type RowPlace } from "./row_error.ts";

/** A finite number from a cell. @throws {RowError} naming file, row, column and what was found. */
export function numberCell(cell: string, column: string, meaning: string, place: RowPlace): number {
  const value = parseNumber(cell);
  if (!Number.isNaN(value)) return value;
  if (isMissing(cell)) {
    throw new MissingValueError([cell], column, meaning, place, "fill it in or remove the row");
  }
  throw new RowError(
    `${placeText(place)}, column ${column}: found ${quoteValue(cell)}, ${
      describeNonNumber(cell)
    }, expected ` +
      `${meaning}; mend or remove the row.`,
  );
}

/** A SMILES from a cell, unparsed. @throws {RowError} when the cell is empty. */
export function smilesCell(cell: string, column: string, place: RowPlace): string {
  const smiles = cell.trim();
  if (isNoName(smiles)) {
    throw new MissingValueError([cell], column, "a SMILES", place, "fill it in or remove the row");
  }
  return smiles;
}
