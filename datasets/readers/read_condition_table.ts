import { amountCell, smilesCell } from "./cell_readers.ts";
import { readCsv, type RowError, type RowPlace } from "./csv.ts";
import { requireColumn } from "./named_columns.ts";
import type { SampleRow } from "./sample_table.ts";
import { UserError } from "../user_error.ts";

/** Rows of a condition table, bad ones as undefined when they were reported. */
export type ConditionRows = (SampleRow | undefined)[];

/**
 * Reads `condition_table.csv`: `dose` (µM), `time` (h), `canonical_smiles`, in any order; `cell_id`, `pert_iname` where
 * present, further columns are ignored (csg2a.md 6.1).
 *
 * @param badRow Takes faulty rows instead of an exception; their place in the result is undefined.
 * @throws {UserError} when the file, its header or a row is faulty.
 */
export async function readConditionTable(
  path: string,
  badRow?: (error: RowError, place: RowPlace) => void,
): Promise<ConditionRows> {
  const rows: ConditionRows = [];
  let dose = 0, time = 0, smiles = 0, cell = -1, name = -1;
  let smilesName = "canonical_smiles";
  const total = await readCsv(path, {
    header(columns) {
      dose = requireColumn(path, columns, "dose");
      time = requireColumn(path, columns, "time");
      smiles = requireColumn(path, columns, "canonical_smiles", "smiles");
      smilesName = columns[smiles];
      cell = columns.indexOf("cell_id");
      name = columns.indexOf("pert_iname");
    },
    row(cells, place) {
      rows[place.row - 1] = {
        dose: amountCell(cells[dose], "dose", "a dose in µM", place),
        time: amountCell(cells[time], "time", "a time in hours", place),
        smiles: smilesCell(cells[smiles], smilesName, place),
        cell: cell < 0 ? undefined : cells[cell].trim(),
        drugName: name < 0 ? undefined : cells[name].trim(),
        fileRow: place.row,
      };
    },
    badRow,
  });
  if (total === 0) {
    throw new UserError(
      `${path}: the file holds a header but no rows, expected one sample a row; export it again.`,
    );
  }
  rows.length = total;
  return rows;
}
