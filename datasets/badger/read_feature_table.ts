import { numberCell } from "../readers/cell_readers.ts";
import { placeText, readCsv, RowError } from "../readers/csv.ts";
import { quoteValue } from "../readers/quote_value.ts";
import { UserError } from "../user_error.ts";
import type { FeatureTable } from "./types.ts";

/** How the table is written. */
export interface FeatureTableOptions {
  /** What a row stands for, for messages: `gene`, `pathway`, `cell line`, `drug`. */
  readonly rowsAre: string;
  /** False for a table without header, whose first line is already a row. Default true. */
  readonly header?: boolean;
}

/**
 * Reads a table of numbers whose first column names the rows.
 *
 * @throws {UserError} when the file is missing or faulty, a row is unnamed, named twice or of another width than the
 * first, or a value is no finite number.
 */
export async function readFeatureTable(
  path: string,
  { rowsAre, header = true }: FeatureTableOptions,
): Promise<FeatureTable> {
  const rowOf = new Map<string, number>();
  const values: number[] = [];
  let columns: readonly string[] = [];
  await readCsv(path, {
    headerless: !header,
    unnamedFirst: true,
    header(names) {
      columns = names;
    },
    row(cells, place) {
      const name = cells[0].trim();
      if (name === "") {
        throw new RowError(
          `${placeText(place)}: found no name in the first column, expected a ${rowsAre}; name the row.`,
        );
      }
      const earlier = rowOf.get(name);
      if (earlier !== undefined) {
        throw new RowError(
          `${placeText(place)}: found the ${rowsAre} ${quoteValue(name)} again (first in row ${earlier}), ` +
            `expected every ${rowsAre} once; remove one of them.`,
        );
      }
      rowOf.set(name, place.row);
      for (let column = 1; column < cells.length; column++) {
        values.push(numberCell(cells[column], columns[column], "a finite number", place));
      }
    },
  });
  const width = columns.length - 1;
  if (rowOf.size === 0 || width === 0) {
    throw new UserError(
      `${path}: found ${rowOf.size} rows of ${width} numbers, expected a name and at least one number a row; export it ` +
        "again.",
    );
  }
  return {
    file: path,
    names: [...rowOf.keys()],
    width,
    values: Float32Array.from(values),
    ...(header ? { columns: columns.slice(1) } : {}),
  };
}
