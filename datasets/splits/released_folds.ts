import type { Dataset, Key } from "../dataset.ts";
import type { Split } from "../types.ts";
import { UserError } from "../user_error.ts";
import { type BadgerFoldKind, badgerFolds } from "./badger_folds.ts";
import type { BadgerData } from "../badger/types.ts";

/**
 * The released folds over the lists that signatures come with (badger.md 4.2 and 4.7), entries of one identity counting once:
 * where nothing is merged the folds are those of the release.
 */
export function releasedFolds(data: Dataset, kind: BadgerFoldKind, seed: number): Split[] {
  if (data.layout !== "signatures") {
    throw new UserError(
      `${data.source}: the folds of BADGER's release go over its lists of signatures, which the layout ${data.layout} does not ` +
        "have; choose drug-folds, cell-folds or disjoint-folds.",
    );
  }
  const { lists, drugs, drugOfRow, cells, cellOfRow } = data.inputs as BadgerData;
  const drug = entries(lists.drugs, Array.from(drugOfRow, (number) => drugs[number].id), data.drug);
  const cell = entries(lists.cells, Array.from(cellOfRow, (number) => cells[number]), data.cell);
  return badgerFolds(
    { drugs: drug.count, drugOfRow: drug.of, cells: cell.count, cellOfRow: cell.of, seed },
    kind,
  );
}

/** Numbers the entries of a list by first appearance; those whose rows are of one unit have one number. */
function entries(list: readonly string[], spellings: readonly string[], { of }: Key) {
  const unitOf = new Map(spellings.map((text, row) => [text, of[row]]));
  const numberOf = new Map<number | string, number>();
  for (const text of list) {
    const unit = unitOf.get(text) ?? text;
    if (!numberOf.has(unit)) numberOf.set(unit, numberOf.size);
  }
  return { count: numberOf.size, of: Array.from(of, (unit) => numberOf.get(unit)!) };
}
