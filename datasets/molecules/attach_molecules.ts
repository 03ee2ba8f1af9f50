import { join } from "node:path";
import type { BadSmiles } from "./bad_smiles.ts";
import type { Chemistry, FeaturizeOptions } from "./chemistry.ts";
import { type MoleculeData, selectRows } from "../readers/select_rows.ts";
import type { MoleculeGraph } from "../types.ts";
import { UserError } from "../user_error.ts";

/** A data set and its molecules. */
export interface DataWithMolecules<Data extends MoleculeData> {
  /** The data set, without the rows whose SMILES cannot be parsed. */
  readonly data: Data;
  /** One a distinct drug: `molecules[k]` belongs to `data.samples.drugs[k]`. */
  readonly molecules: readonly MoleculeGraph[];
  /** What was left out; empty unless `skipBad`. */
  readonly bad: readonly BadSmiles[];
}

function sourceOf(data: MoleculeData): string {
  switch (data.kind) {
    case "pretraining":
      return join(data.folder, "condition_table.csv");
    case "finetuning":
      return join(data.folder, "label.csv");
    case "prediction":
      return data.file;
  }
}

/**
 * Computes the molecule of every distinct drug of a data set.
 *
 * @throws {UserError} listing every SMILES that cannot be parsed, with file and rows; with `skipBad` their rows are left
 * out instead, unless none would remain. `source` is the file that messages name.
 */
export function attachMolecules<Data extends MoleculeData>(
  chemistry: Chemistry,
  data: Data,
  options: FeaturizeOptions & { readonly skipBad?: boolean; readonly source?: string } = {},
): DataWithMolecules<Data> {
  const { samples } = data;
  const source = options.source ?? sourceOf(data);
  const rowOf = (row: number) => samples.fileRows?.[row] ?? row + 1;
  const { molecules, bad } = chemistry.featurizeAll(samples.smiles, { ...options, source, rowOf });
  const kept = samples.smiles.flatMap((_, row) => molecules[row] === undefined ? [] : [row]);
  if (kept.length === 0) {
    throw new UserError(
      `${source}: none of the ${samples.rows} rows has a SMILES that can be parsed; check the column.`,
    );
  }
  const cleaned = bad.length === 0 ? data : selectRows(data, kept);
  const bySmiles = new Map(kept.map((row) => [samples.smiles[row], molecules[row]!]));
  return { data: cleaned, molecules: cleaned.samples.drugs.map((smiles) => bySmiles.get(smiles)!), bad };
}
