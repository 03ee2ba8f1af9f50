import type { Dataset } from "../dataset.ts";
import { placeText, readCsv, RowError } from "../readers/csv.ts";
import { csvLine } from "../readers/csv_line.ts";
import { float32Text } from "../readers/float32_text.ts";
import { describeNonNumber, parseNumber } from "../readers/parse_number.ts";
import { quoteValue } from "../readers/quote_value.ts";
import { writeFileAtomic } from "../readers/write_file_atomic.ts";
import { isParquet, readParquetColumns } from "../readers/parquet_columns.ts";
import { keyColumns, type MatchOptions, RowMatcher } from "./row_matcher.ts";

/** Predictions read from a file. */
export interface FilePredictions {
  /** rows x outputs, in the order of the rows asked for. */
  readonly values: Float32Array<ArrayBuffer>;
  /** Lines that were not used: truth, and rows of the table that were not asked for. */
  readonly ignored: number;
}

/**
 * Writes predictions of rows with their keys as CSV: columns row, drug, drug_name, cell, dose (µM), time (h), kind, then one an
 * output. Each row has a line of kind `truth` (where there is one) and a line of kind `prediction`; unknown doses and times are empty.
 *
 * @param values rows x outputs.
 * @throws {RangeError} when they do not fit the rows.
 * @throws {UserError} when the file cannot be written.
 *
 * @example
 * ```ts
 * import { type Dataset, writePredictionFile } from "perturbine/datasets";
 * declare const data: Dataset;
 * declare const [test, values]: [Uint32Array, Float32Array];
 * await writePredictionFile("predictions.csv", data, test, values);
 * ```
 */
export async function writePredictionFile(
  path: string,
  data: Dataset,
  rows: Uint32Array,
  values: Float32Array,
): Promise<void> {
  const columns = data.outputs.names.length;
  if (values.length !== rows.length * columns) {
    throw new RangeError(
      `${path}: ${values.length} values, expected ${columns} for each of ${rows.length} rows.`,
    );
  }
  await writeFileAtomic(path, lines(data, rows, values));
}

function* lines(data: Dataset, rows: Uint32Array, values: Float32Array): Generator<string> {
  const { drug, cell, dose, time, outputs, truth, rowNames } = data;
  const columns = outputs.names.length;
  yield csvLine([...keyColumns, ...outputs.names]);
  const amount = (value: number) => Number.isNaN(value) ? "" : float32Text(value);
  for (let place = 0; place < rows.length; place++) {
    const row = rows[place], unit = drug.of[row];
    const keys = [
      rowNames[row],
      drug.ids[unit],
      drug.names[unit],
      cell.names[cell.of[row]],
      amount(dose[row]),
      amount(time[row]),
    ];
    const line = (kind: string, of: Float32Array) => csvLine([...keys, kind, ...Array.from(of, float32Text)]);
    if (truth) yield line("truth", truth.take([row]));
    yield line("prediction", values.subarray(place * columns, (place + 1) * columns));
  }
}

/**
 * Reads predictions that anything has made, from CSV or Parquet. Columns come in any order: one an output by its name; `row` with the
 * rows' names, or `drug` (identity or name), `cell`, `dose` and `time` where these tell the rows apart; optionally `kind`, of which
 * only `prediction` lines are read. Other columns are not looked at; lines of other rows of the table are counted.
 *
 * @param rows for which predictions are wanted; each must be there once.
 * @throws {UserError} naming file and line for rows that are unknown, missing or double, outputs without a column, and values that
 * are no finite number.
 *
 * @example
 * ```ts
 * import { type Dataset, readPredictionFile } from "perturbine/datasets";
 * declare const data: Dataset;
 * declare const test: Uint32Array;
 * const { values } = await readPredictionFile("theirs.parquet", data, test);
 * ```
 */
export async function readPredictionFile(
  path: string,
  data: Dataset,
  rows: Uint32Array,
  options: MatchOptions = {},
): Promise<FilePredictions> {
  const read = await isParquet(path) ? readParquet : readText;
  const match = (columns: readonly string[]) => new RowMatcher(path, columns, data, rows, options);
  const values = new Float32Array(rows.length * data.outputs.names.length);
  const matcher = await read(path, match, data.outputs.names, values);
  matcher.finish();
  return { values, ignored: matcher.ignored };
}

type Match = (columns: readonly string[]) => RowMatcher;

async function readText(
  path: string,
  match: Match,
  names: readonly string[],
  values: Float32Array,
): Promise<RowMatcher> {
  let matcher: RowMatcher;
  let columnOf: Map<string, number>, outputs: number[];
  await readCsv(path, {
    unnamedFirst: true,
    header(columns) {
      matcher = match(columns);
      columnOf = new Map(columns.map((name, column) => [name, column]));
      outputs = names.map((name) => columnOf.get(name)!);
    },
    row(cells, where) {
      const place = matcher.place((column) => cells[columnOf.get(column)!], placeText(where));
      if (place === undefined) return;
      outputs.forEach((column, output) => {
        const value = parseNumber(cells[column]);
        if (Number.isNaN(value)) {
          throw new RowError(
            `${placeText(where)}, column ${names[output]}: found ${quoteValue(cells[column])}, ` +
              `${describeNonNumber(cells[column])}, expected a finite number; mend or remove it.`,
          );
        }
        values[place * names.length + output] = value;
      });
    },
  });
  return matcher!;
}

async function readParquet(
  path: string,
  match: Match,
  names: readonly string[],
  values: Float32Array,
): Promise<RowMatcher> {
  const file = await readParquetColumns(path);
  const matcher = match(file.columns);
  const keys = new Map<string, unknown[]>();
  const wanted = keyColumns.filter((name) => file.columns.includes(name));
  await file.read(wanted, (column, start, part) => {
    const list = keys.get(column) ?? new Array(file.rows);
    keys.set(column, list);
    for (let k = 0; k < part.length; k++) list[start + k] = part[k];
  });
  const where = (row: number) => `${path}, row ${row + 1}`;
  const places = Array.from({ length: file.rows }, (_, row) =>
    matcher.place((column) => {
      const value = keys.get(column)![row];
      return value === null || value === undefined ? "" : String(value);
    }, where(row)));
  const outputOf = new Map(names.map((name, output) => [name, output]));
  let fault: { readonly row: number; readonly output: number; readonly value: unknown } | undefined;
  await file.read(names, (column, start, part) => {
    const output = outputOf.get(column)!;
    for (let k = 0; k < part.length; k++) {
      const row = start + k, place = places[row], value = part[k];
      if (place === undefined) continue;
      const number = typeof value === "bigint" ? Number(value) : value;
      const good = typeof number === "number" && Number.isFinite(Math.fround(number));
      if (good) values[place * names.length + output] = number;
      else if (!fault || row < fault.row || row === fault.row && output < fault.output) {
        fault = { row, output, value };
      }
    }
  });
  if (fault) {
    throw new RowError(
      `${where(fault.row)}, column ${names[fault.output]}: found ${
        quoteValue(String(fault.value))
      }, expected a finite number; mend or remove it.`,
    );
  }
  return matcher;
}
