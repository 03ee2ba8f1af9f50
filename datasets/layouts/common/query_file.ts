import { readCsv, type RowPlace } from "../../readers/csv.ts";
import { AmountWatch } from "../../readers/number_watch.ts";
import type { AmountColumns } from "../../readers/parse_amount.ts";
import { SkippedRows } from "../../readers/skipped_rows.ts";
import type { SkippedRow } from "../../dataset.ts";
import { UserError } from "../../user_error.ts";
import type { Query } from "../layout.ts";

/** How the rows of a question are read. */
export interface QueryFormat<Row> {
  /** Columns that are inputs; all others are carried to the output. */
  readonly inputs: ReadonlySet<number>;
  /** Where its amounts are. */
  readonly amounts: readonly (AmountColumns | undefined)[];
  /** @throws {RowError} for a faulty row. */
  read(cells: readonly string[], place: RowPlace): Row;
}

/** Rows of a question, good ones. */
export interface QueryRows<Row> {
  readonly rows: readonly Row[];
  /** 1 for the first below the header. */
  readonly sourceRows: readonly number[];
  readonly carried: Query<unknown>["carried"];
  readonly skipped: readonly SkippedRow[];
  /** What was unusual about the file and put right. */
  readonly notes: readonly string[];
}

/**
 * Reads a CSV of conditions, one a row.
 *
 * @param formatOf finds the columns in the header.
 * @throws {UserError} when the file, its header or a row is faulty; with `skipBad` rows are left out instead.
 */
export async function readQueryFile<Row>(
  path: string,
  skipBad: boolean,
  formatOf: (columns: readonly string[]) => QueryFormat<Row>,
): Promise<QueryRows<Row>> {
  const skipped = new SkippedRows(skipBad);
  const rows: Row[] = [], sourceRows: number[] = [], notes: string[] = [];
  let format: QueryFormat<Row> | undefined;
  let watches: readonly AmountWatch[] = [];
  let carried: { column: string; at: number; values: string[] }[] = [];
  const total = await readCsv(path, {
    header(columns) {
      const { inputs, amounts } = format = formatOf(columns);
      watches = amounts.filter((amount) => amount !== undefined).map((amount) => new AmountWatch(amount));
      carried = columns.flatMap((column, at) => inputs.has(at) ? [] : [{ column, at, values: [] }]);
    },
    row(cells, place) {
      rows.push(format!.read(cells, place));
      sourceRows.push(place.row);
      for (const watch of watches) watch.take(cells, place);
      for (const { at, values } of carried) values.push(cells[at]);
    },
    badRow: skipped.handler,
    unnamedFirst: true,
    note: (sentence) => notes.push(sentence),
  });
  if (total === 0) {
    throw new UserError(
      `${path}: the file holds a header but no rows, expected one condition a row; add some.`,
    );
  }
  skipped.keep(total, path);
  for (const watch of watches) watch.report();
  return {
    rows,
    sourceRows,
    carried: carried.map(({ column, values }) => ({ column, values })),
    skipped: skipped.list,
    notes: [...notes, ...skipped.notes],
  };
}
