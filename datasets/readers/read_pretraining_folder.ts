import { layoutFiles } from "./data_folder.ts";
import { scaleNotes } from "./expression_scale.ts";
import { readConditionTable } from "./read_condition_table.ts";
import { readExpressionTable } from "./read_expression_table.ts";
import { checkRowOrder } from "./row_order.ts";
import { type GeneChoice, sameGenes } from "./same_genes.ts";
import { buildSampleTable } from "./sample_table.ts";
import { withRows } from "../matrix.ts";
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
  /** Where the tables of a folder have different genes: refuse them, or keep those that all have. */
  readonly genes?: GeneChoice;
}

/**
 * Reads the released pretraining layout: `condition_table.csv`, `gex_DMSO.csv` (basal) and `gex_comp.csv` (perturbed),
 * whose rows belong together (csg2a.md 6.1).
 *
 * @throws {UserError} when a file is missing or faulty, or the files disagree in rows, their order or genes.
 */
export async function readPretrainingFolder(
  folder: string,
  options: FolderOptions = {},
): Promise<PretrainingData> {
  const [conditionsFile, basalFile, perturbedFile] = await layoutFiles(folder, "pretraining");
  const skipped = new SkippedRows(options.skipBad ?? false);
  const notes: string[] = [];
  const conditions = await readConditionTable(conditionsFile, skipped.handler, (text) => notes.push(text));
  const before = await readExpressionTable(basalFile, { badRow: skipped.handler });
  const after = await readExpressionTable(perturbedFile, { badRow: skipped.handler });
  for (const table of [before, after]) {
    if (table.rows === conditions.length) continue;
    throw new UserError(
      `${table.file}: found ${table.rows} rows below the header, but ${conditionsFile} has ${conditions.length}; expected one profile for every ` +
        `condition, in the same order; one of the files was cut or belongs to another data set.`,
    );
  }
  await checkRowOrder(conditionsFile, before, after);
  const { first: basal, second: perturbed, notes: geneNotes } = sameGenes(before, after, options.genes);
  notes.push(...before.notes ?? [], ...after.notes ?? [], ...geneNotes, ...skipped.notes);
  const common = { kind: "pretraining", folder, genes: basal.genes } as const;
  const all = skipped.list.length === 0;
  const kept = all ? undefined : skipped.keep(conditions.length, folder);
  const values = ({ values }: typeof basal) => kept ? withRows(values, kept) : values;
  const data = { basal: values(basal), perturbed: values(perturbed) };
  notes.push(...scaleNotes(basalFile, data.basal), ...scaleNotes(perturbedFile, data.perturbed));
  return {
    ...common,
    samples: buildSampleTable(
      kept ? Array.from(kept, (row) => conditions[row]!) : conditions.map((row) => row!),
    ),
    ...data,
    ...(all ? {} : { skipped: skipped.list }),
    ...(notes.length > 0 ? { notes } : {}),
  };
}
