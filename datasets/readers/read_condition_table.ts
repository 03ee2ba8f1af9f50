import { smilesCell } from "./cell_readers.ts";
import { cellNames, drugNameNames, findColumn, smilesNames } from "./column_names.ts";
import { readCsv, type RowError, type RowPlace } from "./csv.ts";
import { requireColumn } from "./named_columns.ts";
import { AmountWatch } from "./number_watch.ts";
import {
  amountCell,
  type AmountColumns,
  amountColumns,
  convertedNote,
  doseQuantity,
  needsUnit,
  type Quantity,
  timeQuantity,
} from "./parse_amount.ts";
import { PartlyBlank } from "./partly_blank.ts";
import { type SampleRow, severalNamesNote } from "./sample_table.ts";
import { UserError } from "../user_error.ts";

/** Rows of a condition table, bad ones as undefined when they were reported. */
export type ConditionRows = (SampleRow | undefined)[];

/**
 * Reads `condition_table.csv`: `dose` (µM), `time` (h), `canonical_smiles`, in any order; `cell_id`, `pert_iname` where
 * present, further columns are ignored (csg2a.md 6.1). Columns go by their usual names in any case; doses and times may have units.
 *
 * @param badRow Takes faulty rows instead of an exception; their place in the result is undefined.
 * @throws {UserError} when the file, its header or a row is faulty.
 */
export async function readConditionTable(
  path: string,
  badRow?: (error: RowError, place: RowPlace) => void,
  note?: (sentence: string) => void,
): Promise<ConditionRows> {
  const rows: ConditionRows = [];
  let dose: AmountColumns, time: AmountColumns, watches: readonly AmountWatch[] = [];
  let smiles = 0, cell = -1, name = -1;
  let smilesName = "canonical_smiles";
  let names: readonly string[] = [];
  const cellLines = new PartlyBlank("a cell line"),
    units = [new PartlyBlank("a unit"), new PartlyBlank("a unit")];
  const total = await readCsv(path, {
    header(columns) {
      names = columns;
      dose = requireAmount(path, columns, doseQuantity);
      time = requireAmount(path, columns, timeQuantity);
      smiles = requireColumn(path, columns, ...smilesNames);
      smilesName = columns[smiles];
      cell = findColumn(columns, cellNames);
      name = findColumn(columns, drugNameNames);
      watches = [dose, time].map((amount) => new AmountWatch(amount));
      for (const amount of [dose, time]) {
        const said = convertedNote(path, amount);
        if (said !== undefined) note?.(said);
      }
    },
    row(cells, place) {
      rows[place.row - 1] = {
        dose: amountCell(cells, dose, place),
        time: amountCell(cells, time, place),
        smiles: smilesCell(cells[smiles], smilesName, place),
        cell: cell < 0 ? undefined : cells[cell].trim(),
        drugName: name < 0 ? undefined : cells[name].trim(),
        fileRow: place.row,
      };
      for (const watch of watches) watch.take(cells, place);
      if (cell >= 0) cellLines.take(cells[cell], names[cell], place);
      [dose, time].forEach((amount, at) => {
        const { unitAt } = amount;
        if (unitAt >= 0) units[at].take(cells[unitAt], names[unitAt], place, needsUnit(cells, amount));
      });
    },
    badRow,
    unnamedFirst: true,
    note,
  });
  if (total === 0) {
    throw new UserError(
      `${path}: the file holds a header but no rows, expected one sample a row; export it again.`,
    );
  }
  rows.length = total;
  for (const column of [cellLines, ...units]) column.report(badRow);
  for (const watch of watches) watch.report();
  for (const said of severalNamesNote(path, rows)) note?.(said);
  return rows;
}

/** @throws {UserError} when the header has no such column. */
export function requireAmount(file: string, columns: readonly string[], quantity: Quantity): AmountColumns {
  const found = amountColumns(columns, quantity);
  if (found) return found;
  requireColumn(file, columns, quantity.columns[0], ...quantity.columns.slice(1));
  throw new UserError(`${file}, header: found no ${quantity.name}, expected ${quantity.meaning}; add it.`);
}
