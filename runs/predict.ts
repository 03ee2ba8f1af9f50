import type { Query, QueryRequest } from "../datasets/layouts/layout.ts";
import { tableEnding, type ValueTable, writeValueTable } from "../datasets/formats/value_table.ts";
import { writeFileAtomic } from "../host/write_file_atomic.ts";
import { ask } from "./ask.ts";
import { checkOutputFile } from "./output_file.ts";
import { system } from "../host/system.ts";

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
 * Predicts rows for a finished run and writes them atomically in the format of the output's ending: the row's number, the columns of the file that are no input, the
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
  tableEnding(out);
  return await ask(run, { skipBad: false, ...request }, async ({ query, rows, predictor, data }) => {
    const values = await predictor.predict(rows);
    const { names } = data.outputs;
    await writeValueTable(out, tableOf(query, names, values));
    const { skipped } = query.data;
    const skippedFile = `${out}.skipped.json`;
    if (skipped.length > 0) await writeFileAtomic(skippedFile, JSON.stringify(skipped, null, 2) + "\n");
    // A list of an earlier prediction would be taken for this one's.
    else await system.remove(skippedFile).catch(() => {});
    return {
      rows: rows.length,
      columns: names.length,
      skipped: skipped.length,
      ...(skipped.length > 0 ? { skippedFile } : {}),
      warnings: query.warnings,
    };
  });
}

function tableOf(
  { data, sourceRows, carried, smiles }: Query<unknown>,
  names: readonly string[],
  values: Float32Array,
): ValueTable {
  const { cell, dose, time, rows } = data;
  const named = cell.ids.some((id) => id !== "");
  const columns = new Map<string, readonly string[] | Float32Array>([[
    "row",
    Array.from(sourceRows, String),
  ]]);
  for (const { column, values } of carried) {
    columns.set(columns.has(column) ? `${column} of the file` : column, values);
  }
  columns.set("smiles", smiles).set("dose", dose).set("time", time);
  if (named) columns.set("cell_id", Array.from({ length: rows }, (_, row) => cell.names[cell.of[row]]));
  return { ids: Array.from(sourceRows, (row) => `row ${row}`), columns, names, values };
}
