import { type TableForm, writeDataTables } from "../formats/data_tables.ts";
import type { FinetuningData, PretrainingData, SampleTable } from "../types.ts";

/** Columns of texts and numbers, in the order of the file. */
type Columns = Map<string, readonly string[] | Float32Array>;

/** Optional columns: left out when they would say nothing. */
function optionalColumns({ cells, drugNames, drugs, drugOfRow }: SampleTable, nameColumn: string): Columns {
  const columns: Columns = new Map();
  if (cells) columns.set("cell_id", cells);
  if (drugNames.some((name, drug) => name !== drugs[drug])) {
    columns.set(nameColumn, Array.from(drugOfRow, (drug) => drugNames[drug]));
  }
  return columns;
}

/**
 * Writes the pretraining layout into `folder` (created if need be), all tables or none: as CSV, as released, or stored (safetensors and
 * Parquet); `readPretrainingFolder` gives back the same values.
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
  { genes, samples, basal, perturbed }: Omit<PretrainingData, "folder">,
  form?: TableForm,
): Promise<void> {
  const { dose, time, smiles } = samples;
  await writeDataTables(folder, {
    profiles: { gex_DMSO: { genes, values: basal }, gex_comp: { genes, values: perturbed } },
    rows: {
      name: "condition_table",
      columns: new Map<string, readonly string[] | Float32Array>([
        ["dose", dose],
        ["time", time],
        ["canonical_smiles", smiles],
        ...optionalColumns(samples, "pert_iname"),
      ]),
    },
  }, form);
}

/**
 * Writes the fine-tuning layout into `folder` (created if need be), all tables or none; dose and time have no place
 * in it (10 µM and 72 h are implied).
 *
 * @throws {UserError} when a file cannot be written.
 *
 * @example
 * ```ts
 * await writeFinetuningFolder("data/screen", simulateL1000({ seed: 3 }).finetuning);
 * ```
 */
export async function writeFinetuningFolder(
  folder: string,
  { genes, samples, basal, logIc50 }: FinetuningData,
  form?: TableForm,
): Promise<void> {
  await writeDataTables(folder, {
    profiles: { gex_before: { genes, values: basal } },
    rows: {
      name: "label",
      columns: new Map<string, readonly string[] | Float32Array>([
        ["canonical_smiles", samples.smiles],
        ["IC50", logIc50],
        ...optionalColumns(samples, "drug_name"),
      ]),
    },
  }, form);
}
