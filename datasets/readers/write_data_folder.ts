import { join } from "node:path";
import { csvLine } from "./csv_line.ts";
import { float32Text } from "./float32_text.ts";
import type { FinetuningData, PretrainingData, SampleTable } from "../types.ts";
import { writeExpressionTable } from "./write_expression_table.ts";
import { writeFileAtomic } from "./write_file_atomic.ts";
import { system } from "../../host/system.ts";

/** Optional columns: left out when they would say nothing. */
function optionalColumns(
  samples: SampleTable,
  nameColumn: string,
): { names: string[]; cells(row: number): string[] } {
  const { cells } = samples;
  const named = samples.drugNames.some((name, drug) => name !== samples.drugs[drug]);
  return {
    names: [...(cells ? ["cell_id"] : []), ...(named ? [nameColumn] : [])],
    cells: (row) => [
      ...(cells ? [cells[row]] : []),
      ...(named ? [samples.drugNames[samples.drugOfRow[row]]] : []),
    ],
  };
}

function* conditionLines(samples: SampleTable): Generator<string> {
  const optional = optionalColumns(samples, "pert_iname");
  yield csvLine(["dose", "time", "canonical_smiles", ...optional.names]);
  for (let row = 0; row < samples.rows; row++) {
    yield csvLine([
      float32Text(samples.dose[row]),
      float32Text(samples.time[row]),
      samples.smiles[row],
      ...optional.cells(row),
    ]);
  }
}

function* labelLines({ samples, logIc50 }: FinetuningData): Generator<string> {
  const optional = optionalColumns(samples, "drug_name");
  yield csvLine(["canonical_smiles", "IC50", ...optional.names]);
  for (let row = 0; row < samples.rows; row++) {
    yield csvLine([samples.smiles[row], float32Text(logIc50[row]), ...optional.cells(row)]);
  }
}

/**
 * Writes the released pretraining layout into `folder` (created if need be), each file atomically;
 * `readPretrainingFolder` gives back the same values.
 *
 * @throws {UserError} when a file cannot be written.
 *
 * @example
 * ```ts
 * await writePretrainingFolder("data/simulated", simulateL1000({ seed: 3 }).pretraining);
 * ```
 */
export async function writePretrainingFolder(
  folder: string,
  data: Omit<PretrainingData, "folder">,
): Promise<void> {
  await system.mkdir(folder, { recursive: true });
  const table = (values: Float32Array) => ({ genes: data.genes, rows: data.samples.rows, values });
  await writeExpressionTable(join(folder, "gex_DMSO.csv"), table(data.basal));
  await writeExpressionTable(join(folder, "gex_comp.csv"), table(data.perturbed));
  await writeFileAtomic(join(folder, "condition_table.csv"), conditionLines(data.samples));
}

/**
 * Writes the fine-tuning layout into `folder` (created if need be), each file atomically; dose and time have no place
 * in it (10 µM and 72 h are implied).
 *
 * @throws {UserError} when a file cannot be written.
 *
 * @example
 * ```ts
 * await writeFinetuningFolder("data/screen", simulateL1000({ seed: 3 }).finetuning);
 * ```
 */
export async function writeFinetuningFolder(folder: string, data: FinetuningData): Promise<void> {
  await system.mkdir(folder, { recursive: true });
  const table = { genes: data.genes, rows: data.samples.rows, values: data.basal };
  await writeExpressionTable(join(folder, "gex_before.csv"), table);
  await writeFileAtomic(join(folder, "label.csv"), labelLines(data));
}
