import { pickRows } from "./feature_tables.ts";
import { readFeatureTable } from "./read_feature_table.ts";
import type { BadgerData, FeatureTable } from "./types.ts";

/**
 * Fixed vectors of drugs from a file, the alternative to fingerprints as the MLP's drug input (badger.md 5.1): a header, then
 * `pert_id` and any number of columns. One row a drug of the data set, in the order of `data.drugs`.
 *
 * @throws {UserError} when the file is missing or faulty, or has no row for a drug.
 */
export async function readDrugVectors(path: string, data: BadgerData): Promise<FeatureTable> {
  const table = await readFeatureTable(path, { rowsAre: "drug" });
  return pickRows(table, data.drugs.map(({ id }) => id), "drug", data.folder);
}
