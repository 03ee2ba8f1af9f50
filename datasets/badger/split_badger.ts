import { hashSplit } from "../splits/hash_split.ts";
import type { Split } from "../types.ts";
import { type BadgerFoldKind, badgerFolds } from "./badger_folds.ts";
import type { BadgerData } from "./types.ts";

/** The released folds of a data set, made over its lists of cell lines and drugs. */
export function foldsOfBadger(data: BadgerData, kind: BadgerFoldKind, seed?: number): Split[] {
  const position = (list: readonly string[]) => new Map(list.map((name, index) => [name, index]));
  const cellAt = position(data.lists.cells), drugAt = position(data.lists.drugs);
  return badgerFolds({
    cells: data.lists.cells.length,
    drugs: data.lists.drugs.length,
    cellOfRow: Array.from(data.cellOfRow, (cell) => cellAt.get(data.cells[cell])!),
    drugOfRow: Array.from(data.drugOfRow, (drug) => drugAt.get(data.drugs[drug].id)!),
    ...(seed === undefined ? {} : { seed }),
  }, kind);
}

/**
 * The splits of reference-runs.md section 1 on a data set: `random` by rows, `drug` and `cell` holding out whole drugs or
 * cell lines (by name), numbered by first appearance.
 *
 * @throws {UserError} when there are too few units.
 */
export function hashSplitOfBadger(data: BadgerData, kind: "random" | "drug" | "cell", split: number): Split {
  if (kind === "random") return hashSplit({ rows: data.rows, kind, split });
  const groups = kind === "drug"
    ? Array.from(data.drugOfRow, (drug) => data.drugs[drug].name)
    : Array.from(data.cellOfRow, (cell) => data.cells[cell]);
  return {
    ...hashSplit({ rows: data.rows, kind: "blind", split, groups }),
    name: `blind by ${kind}, split ${split}`,
  };
}
