import { placeText, RowError, type RowPlace } from "./csv.ts";
import { describeNonNumber, parseNumber } from "./parse_number.ts";
import { quoteValue } from "./quote_value.ts";

/** A finite number from a cell. @throws {RowError} naming file, row, column and what was found. */
export function numberCell(cell: string, column: string, meaning: string, place: RowPlace): number {
  const value = parseNumber(cell);
  if (Number.isNaN(value)) {
    throw new RowError(
      `${placeText(place)}, column ${column}: found ${quoteValue(cell)}, ${
        describeNonNumber(cell)
      }, expected ` +
        `${meaning}; mend or remove the row.`,
    );
  }
  return value;
}

/** A number that is not negative. @throws {RowError} naming file, row, column and what was found. */
export function amountCell(cell: string, column: string, meaning: string, place: RowPlace): number {
  const value = numberCell(cell, column, meaning, place);
  if (value < 0) {
    throw new RowError(
      `${placeText(place)}, column ${column}: found ${
        quoteValue(cell)
      }, a negative value (-666 marks a missing one ` +
        `in LINCS tables), expected ${meaning}; mend or remove the row.`,
    );
  }
  return value;
}

/** A SMILES from a cell, unparsed. @throws {RowError} when the cell is empty. */
export function smilesCell(cell: string, column: string, place: RowPlace): string {
  const smiles = cell.trim();
  if (
    smiles === "" || smiles === "-666" || smiles.toLowerCase() === "nan" ||
    smiles.toLowerCase() === "restricted"
  ) {
    throw new RowError(
      `${placeText(place)}, column ${column}: found ${quoteValue(cell)}, no structure, expected a SMILES; ` +
        `fill in or remove the row.`,
    );
  }
  return smiles;
}
