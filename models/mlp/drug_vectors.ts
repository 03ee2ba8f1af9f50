import { pickRows } from "../../datasets/badger/feature_tables.ts";
import { type BadgerData, type FeatureTable, fingerprintBits } from "../../datasets/badger/types.ts";

/**
 * The MLP's drug input, one row a drug of the data set: the Morgan bits of the whole molecule, or the rows of a table of
 * fixed vectors (a language model's, for one), which stand in for the fine-tuned language model of the release.
 *
 * @param table rows named by `pert_id`; one that has the drugs' own order is taken as it is, since a drug can be there twice: with
 * its structure, and as a control shows it.
 * @throws {UserError} when the table lacks a drug.
 */
export function drugVectors(data: Pick<BadgerData, "drugs" | "folder">, table?: FeatureTable): FeatureTable {
  const names = data.drugs.map(({ id }) => id);
  if (table) {
    const aligned = table.names.length === names.length && table.names.every((name, k) => name === names[k]);
    return aligned ? table : pickRows(table, names, "drug", data.folder);
  }
  const values = new Float32Array(names.length * fingerprintBits);
  data.drugs.forEach(({ moleculeBits }, drug) => {
    for (const bit of moleculeBits) values[drug * fingerprintBits + bit] = 1;
  });
  return { file: "Morgan bits of the molecules", names, width: fingerprintBits, values };
}
