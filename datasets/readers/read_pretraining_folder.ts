import { join } from "node:path";
import { checkDataFolder } from "./data_folder.ts";
import { readConditionTable } from "./read_condition_table.ts";
import { readExpressionTable } from "./read_expression_table.ts";
import { checkSameGenes } from "./same_genes.ts";
import { buildSampleTable } from "./sample_table.ts";
import { selectMatrixRows } from "./select_rows.ts";
import { SkippedRows } from "./skipped_rows.ts";
import type { PretrainingData } from "../types.ts";
import { UserError } from "../user_error.ts";

/** Options of the folder readers. */
export interface FolderOptions {
  /**
   * Leave out rows with a fault in any of the files (a wrong number of values, a non-number, no SMILES) and list them
   * in `skipped`. Faults of a whole file still end the reading. Whether SMILES can be parsed is checked later, by
   * `attachMolecules`.
   */
  readonly skipBad?: boolean;
}

/**
 * Reads the released pretraining layout: `condition_table.csv`, `gex_DMSO.csv` (basal) and `gex_comp.csv` (perturbed),
 * whose rows belong together (csg2a.md 6.1).
 *
 * @throws {UserError} when a file is missing or faulty, or the files disagree in rows or genes.
 */
export async function readPretrainingFolder(
  folder: string,
  options: FolderOptions = {},
): Promise<PretrainingData> {
  await checkDataFolder(folder, "pretraining");
  const skipped = new SkippedRows(options.skipBad ?? false);
  const conditionsFile = join(folder, "condition_table.csv");
  const conditions = await readConditionTable(conditionsFile, skipped.handler);
  const basal = await readExpressionTable(join(folder, "gex_DMSO.csv"), { badRow: skipped.handler });
  const perturbed = await readExpressionTable(join(folder, "gex_comp.csv"), { badRow: skipped.handler });
  checkSameGenes(basal, perturbed);
  for (const table of [basal, perturbed]) {
    if (table.rows === conditions.length) continue;
    throw new UserError(
      `${table.file}: found ${table.rows} rows below the header, but ${conditionsFile} has ${conditions.length}; expected one profile for every ` +
        `condition, in the same order; one of the files was cut or belongs to another data set.`,
    );
  }
  const common = { kind: "pretraining", folder, genes: basal.genes } as const;
  if (skipped.list.length === 0) {
    const samples = buildSampleTable(conditions.map((row) => row!));
    return { ...common, samples, basal: basal.values, perturbed: perturbed.values };
  }
  const kept = skipped.keep(conditions.length, folder);
  return {
    ...common,
    samples: buildSampleTable(Array.from(kept, (row) => conditions[row]!)),
    basal: selectMatrixRows(basal.values, basal.genes.length, kept),
    perturbed: selectMatrixRows(perturbed.values, basal.genes.length, kept),
    skipped: skipped.list,
  };
}
