import { numberCell, smilesCell } from "./cell_readers.ts";
import { cellNames, drugNameNames, findColumn, smilesNames } from "./column_names.ts";
import { readCsv, type RowError, type RowPlace } from "./csv.ts";
import { layoutFiles } from "./data_folder.ts";
import { scaleNotes } from "./expression_scale.ts";
import { requireColumn } from "./named_columns.ts";
import { PartedThousands } from "./number_watch.ts";
import { PartlyBlank } from "./partly_blank.ts";
import { readExpressionTable } from "./read_expression_table.ts";
import type { FolderOptions } from "./read_pretraining_folder.ts";
import { checkRowOrder } from "./row_order.ts";
import {
  naturalLogs,
  type RawResponse,
  type ResponseColumn,
  responseColumn,
  responseNotes,
} from "./response_column.ts";
import { buildSampleTable, type SampleRow, severalNamesNote } from "./sample_table.ts";
import { withRows } from "../matrix.ts";
import { SkippedRows } from "./skipped_rows.ts";
import type { FinetuningData } from "../types.ts";
import { UserError } from "../user_error.ts";

/** Dose of every fine-tuning sample, µM (csg2a.md 1.2 item 4). */
export const finetuningDose = 10;
/** Time of every fine-tuning sample, hours (csg2a.md 1.2 item 4). */
export const finetuningTime = 72;

interface LabelRow extends SampleRow {
  readonly raw: RawResponse;
}

interface Labels {
  readonly rows: readonly (LabelRow | undefined)[];
  /** ln of µM, one a row; NaN for a bad one. */
  readonly logIc50: Float32Array<ArrayBuffer>;
  readonly notes: readonly string[];
}

async function readLabels(
  path: string,
  badRow?: (error: RowError, place: RowPlace) => void,
): Promise<Labels> {
  const rows: (LabelRow | undefined)[] = [], notes: string[] = [];
  let smiles = 0, cell = -1, name = -1;
  let response: ResponseColumn;
  let smilesName = "canonical_smiles", cellName = "";
  const cellLines = new PartlyBlank("a cell line"), thousands = new PartedThousands();
  const total = await readCsv(path, {
    header(columns) {
      smiles = requireColumn(path, columns, ...smilesNames);
      smilesName = columns[smiles];
      response = responseColumn(path, columns);
      cell = findColumn(columns, cellNames);
      cellName = columns[cell];
      name = findColumn(columns, drugNameNames);
    },
    row(cells, place) {
      rows[place.row - 1] = {
        dose: finetuningDose,
        time: finetuningTime,
        smiles: smilesCell(cells[smiles], smilesName, place),
        raw: { value: numberCell(cells[response.at], response.name, "ln IC50 (of µM)", place), place },
        cell: cell < 0 ? undefined : cells[cell].trim(),
        drugName: name < 0 ? undefined : cells[name].trim(),
        fileRow: place.row,
      };
      thousands.take(cells[response.at], place);
      if (cell >= 0) cellLines.take(cells[cell], cellName, place);
    },
    badRow,
    unnamedFirst: true,
    note: (sentence) => notes.push(sentence),
  });
  if (total === 0) {
    throw new UserError(
      `${path}: the file holds a header but no rows, expected one label a row; export it again.`,
    );
  }
  rows.length = total;
  cellLines.report(badRow);
  thousands.report(response!.name);
  const logIc50 = naturalLogs(response!, Array.from(rows, (row) => row?.raw), (error, place) => {
    if (!badRow) throw error;
    badRow(error, place);
  });
  return {
    rows,
    logIc50,
    notes: [...notes, ...severalNamesNote(path, rows), ...responseNotes(path, response!, logIc50)],
  };
}

/**
 * Reads the fine-tuning layout: `label.csv` (`canonical_smiles`, `IC50` = ln of µM, or another column of an IC50 that says its scale; `cell_id`, `drug_name` where present)
 * and `gex_before.csv` (basal profile), whose rows belong together (csg2a.md 6.1).
 *
 * @throws {UserError} when a file is missing or faulty, or the files disagree in rows or their order.
 */
export async function readFinetuningFolder(
  folder: string,
  options: FolderOptions = {},
): Promise<FinetuningData> {
  const [labelFile, basalFile] = await layoutFiles(folder, "fine-tuning");
  const skipped = new SkippedRows(options.skipBad ?? false);
  const { rows: labels, logIc50, notes: labelNotes } = await readLabels(labelFile, skipped.handler);
  const basal = await readExpressionTable(basalFile, { badRow: skipped.handler });
  if (basal.rows !== labels.length) {
    throw new UserError(
      `${basal.file}: found ${basal.rows} rows below the header, but ${labelFile} has ${labels.length}; expected one basal profile for every ` +
        `label, in the same order; one of the files was cut or belongs to another data set.`,
    );
  }
  await checkRowOrder(labelFile, basal);
  const kept = skipped.keep(labels.length, folder);
  const all = skipped.list.length === 0;
  const values = all ? basal.values : withRows(basal.values, kept);
  const notes = [...labelNotes, ...basal.notes ?? [], ...skipped.notes, ...scaleNotes(basalFile, values)];
  return {
    kind: "finetuning",
    folder,
    genes: basal.genes,
    samples: buildSampleTable(Array.from(kept, (row) => labels[row]!)),
    basal: values,
    logIc50: Float32Array.from(kept, (row) => logIc50[row]),
    ...(all ? {} : { skipped: skipped.list }),
    ...(notes.length > 0 ? { notes } : {}),
  };
}
