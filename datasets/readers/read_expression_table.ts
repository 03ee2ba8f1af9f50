import { placeText, readCsv, RowError, type RowPlace } from "./csv.ts";
import { describeNonNumber, parseNumber } from "./parse_number.ts";
import { quoteValue } from "./quote_value.ts";
import type { ExpressionTable } from "../types.ts";
import { UserError } from "../user_error.ts";

/** Options of `readExpressionTable`. */
export interface ExpressionTableOptions {
  /**
   * When given, rows with a fault (a wrong number of values, a non-number) are handed over and reading goes on; such
   * a row keeps its place in the table, filled with zeros.
   */
  badRow?(error: RowError, place: RowPlace): void;
}

function checkGenes(file: string, genes: readonly string[]): void {
  // A header of numbers is a table without header: its first profile would silently be lost.
  if (genes.every((gene) => !Number.isNaN(parseNumber(gene)))) {
    throw new UserError(
      `${file}, header: found numbers (${
        quoteValue(genes[0])
      }, …), expected gene symbols; add a header line.`,
    );
  }
}

/**
 * Reads a table of expression values: header = gene symbols, one profile a row (csg2a.md 6.1).
 *
 * The file is streamed; memory is that of the values, 4 bytes each.
 *
 * @throws {UserError} when the file is missing, empty or truncated, a gene occurs twice, a row is ragged, or a value is
 * no finite number; the message names file, row, column, value and what was expected.
 */
export async function readExpressionTable(
  path: string,
  options: ExpressionTableOptions = {},
): Promise<ExpressionTable> {
  let genes: readonly string[] = [];
  let values = new Float32Array(0);
  const rows = await readCsv(path, {
    header(columns) {
      checkGenes(path, columns);
      genes = columns;
      values = new Float32Array(64 * columns.length);
    },
    row(cells, place) {
      const needed = place.row * cells.length;
      // transfer() lets the allocator extend the block in place, so growing does not hold two copies.
      if (needed > values.length) values = new Float32Array(values.buffer.transfer(2 * needed * 4));
      const start = needed - cells.length;
      for (let column = 0; column < cells.length; column++) {
        const value = parseNumber(cells[column]);
        if (value !== value) {
          values.fill(0, start, needed);
          throw new RowError(
            `${placeText(place)}, column ${genes[column]}: found ${quoteValue(cells[column])}, ` +
              `${describeNonNumber(cells[column])}, expected a finite number; mend or remove the profile.`,
          );
        }
        values[start + column] = value;
      }
    },
    badRow: options.badRow?.bind(options),
  });
  if (rows === 0) {
    throw new UserError(
      `${path}: the file holds a header but no rows, expected one profile a row; export it again.`,
    );
  }
  return {
    file: path,
    genes,
    rows,
    values: new Float32Array(values.buffer.transfer(rows * genes.length * 4)),
  };
}
