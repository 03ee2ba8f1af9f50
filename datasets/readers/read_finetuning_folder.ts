import { join } from "node:path";
import { numberCell, smilesCell } from "./cell_readers.ts";
import { readCsv, type RowError, type RowPlace } from "./csv.ts";
import { checkDataFolder } from "./data_folder.ts";
import { requireColumn } from "./named_columns.ts";
import { readExpressionTable } from "./read_expression_table.ts";
import type { FolderOptions } from "./read_pretraining_folder.ts";
import { buildSampleTable, type SampleRow } from "./sample_table.ts";
import { selectMatrixRows } from "./select_rows.ts";
import { SkippedRows } from "./skipped_rows.ts";
import type { FinetuningData } from "../types.ts";
import { UserError } from "../user_error.ts";

/** Dose of every fine-tuning sample, µM (csg2a.md 1.2 item 4). */
export const finetuningDose = 10;
/** Time of every fine-tuning sample, hours (csg2a.md 1.2 item 4). */
export const finetuningTime = 72;

interface LabelRow extends SampleRow {
  readonly logIc50: number;
}

async function readLabels(
  path: string,
  badRow?: (error: RowError, place: RowPlace) => void,
): Promise<(LabelRow | undefined)[]> {
  const rows: (LabelRow | undefined)[] = [];
  let smiles = 0, logIc50 = 0, cell = -1, name = -1;
  let smilesName = "canonical_smiles";
  const total = await readCsv(path, {
    header(columns) {
      smiles = requireColumn(path, columns, "canonical_smiles", "smiles");
      smilesName = columns[smiles];
      logIc50 = requireColumn(path, columns, "IC50");
      cell = columns.indexOf("cell_id");
      name = columns.indexOf("drug_name");
    },
    row(cells, place) {
      rows[place.row - 1] = {
        dose: finetuningDose,
        time: finetuningTime,
        smiles: smilesCell(cells[smiles], smilesName, place),
        logIc50: numberCell(cells[logIc50], "IC50", "ln IC50 (of µM)", place),
        cell: cell < 0 ? undefined : cells[cell].trim(),
        drugName: name < 0 ? undefined : cells[name].trim(),
        fileRow: place.row,
      };
    },
    badRow,
  });
  if (total === 0) {
    throw new UserError(
      `${path}: the file holds a header but no rows, expected one label a row; export it again.`,
    );
  }
  rows.length = total;
  return rows;
}

/**
 * Reads the fine-tuning layout: `label.csv` (`canonical_smiles`, `IC50` = ln of µM; `cell_id`, `drug_name` where present)
 * and `gex_before.csv` (basal profile), whose rows belong together (csg2a.md 6.1).
 *
 * @throws {UserError} when a file is missing or faulty, or the files disagree in rows.
 */
export async function readFinetuningFolder(
  folder: string,
  options: FolderOptions = {},
): Promise<FinetuningData> {
  await checkDataFolder(folder, "fine-tuning");
  const skipped = new SkippedRows(options.skipBad ?? false);
  const labelFile = join(folder, "label.csv");
  const labels = await readLabels(labelFile, skipped.handler);
  const basal = await readExpressionTable(join(folder, "gex_before.csv"), { badRow: skipped.handler });
  if (basal.rows !== labels.length) {
    throw new UserError(
      `${basal.file}: found ${basal.rows} rows below the header, but ${labelFile} has ${labels.length}; expected one basal profile for every ` +
        `label, in the same order; one of the files was cut or belongs to another data set.`,
    );
  }
  const kept = skipped.keep(labels.length, folder);
  const samples = Array.from(kept, (row) => labels[row]!);
  return {
    kind: "finetuning",
    folder,
    genes: basal.genes,
    samples: buildSampleTable(samples),
    basal: skipped.list.length === 0
      ? basal.values
      : selectMatrixRows(basal.values, basal.genes.length, kept),
    logIc50: Float32Array.from(samples, (row) => row.logIc50),
    ...(skipped.list.length === 0 ? {} : { skipped: skipped.list }),
  };
}
