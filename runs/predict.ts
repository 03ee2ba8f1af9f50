import type { QueryRequest } from "../datasets/layouts/layout.ts";
import { csvLine } from "../datasets/readers/csv_line.ts";
import { float32Text } from "../datasets/readers/float32_text.ts";
import { writeFileAtomic } from "../host/write_file_atomic.ts";
import { ask } from "./ask.ts";
import { checkOutputFile } from "./output_file.ts";

/** What was predicted. */
export interface PredictionSummary {
  /** Rows that were predicted. */
  readonly rows: number;
  /** Genes, or 1. */
  readonly columns: number;
  /** Rows that were left out. */
  readonly skipped: number;
  /** File with the rows that were left out; absent when none was. */
  readonly skippedFile?: string;
  /** What looks implausible about the questions. */
  readonly warnings: readonly string[];
}

/**
 * Predicts rows for a finished run and writes them atomically: the row's number, the columns of the file that are no input, the
 * condition, one column an output.
 *
 * @throws {UserError} when run or input are faulty; nothing is written then.
 * @example
 * ```ts
 * await predict("runs/csg2a-skbr3", { file: "conditions.csv" }, "out.csv");
 * ```
 */
export async function predict(
  run: string,
  request: Partial<QueryRequest>,
  out: string,
): Promise<PredictionSummary> {
  await checkOutputFile(out, request.file === undefined ? [] : [request.file]);
  return await ask(run, { skipBad: false, ...request }, async ({ query, rows, predictor, data }) => {
    const values = await predictor.predict(rows);
    const { names } = data.outputs;
    await writeFileAtomic(out, lines(query, names, values));
    const { skipped } = query.data;
    const skippedFile = `${out}.skipped.json`;
    if (skipped.length > 0) await writeFileAtomic(skippedFile, JSON.stringify(skipped, null, 2) + "\n");
    // A list of an earlier prediction would be taken for this one's.
    else await Deno.remove(skippedFile).catch(() => {});
    return {
      rows: rows.length,
      columns: names.length,
      skipped: skipped.length,
      ...(skipped.length > 0 ? { skippedFile } : {}),
      warnings: query.warnings,
    };
  });
}

function* lines(
  { data, sourceRows, carried, smiles }: Parameters<Parameters<typeof ask>[2]>[0]["query"],
  names: readonly string[],
  values: Float32Array,
): Generator<string> {
  const { cell, dose, time } = data;
  const named = cell.ids.some((id) => id !== "");
  yield csvLine([
    "row",
    ...carried.map(({ column }) => column),
    "smiles",
    "dose",
    "time",
    ...(named ? ["cell_id"] : []),
    ...names,
  ]);
  const number = (value: number) => Number.isNaN(value) ? "" : float32Text(value);
  for (let row = 0; row < data.rows; row++) {
    yield csvLine([
      String(sourceRows[row]),
      ...carried.map((column) => column.values[row]),
      smiles[row],
      number(dose[row]),
      number(time[row]),
      ...(named ? [cell.names[cell.of[row]]] : []),
      ...Array.from(values.subarray(row * names.length, (row + 1) * names.length), float32Text),
    ]);
  }
}
