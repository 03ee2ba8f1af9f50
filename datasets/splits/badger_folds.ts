import { NumpyRandom } from "./numpy_random.ts";
import { splitByPart } from "./split_by_part.ts";
import type { Split } from "../types.ts";
import { UserError } from "../user_error.ts";

/** What a fold holds out: cell lines, drugs, or both at once. */
export type BadgerFoldKind = "cell_id" | "pert_id" | "pair_id";

/** What the folds are made from. */
export interface BadgerFoldInput {
  /** Entries of the list of cell lines, UNK included (`data.lists.cells.length`). */
  readonly cells: number;
  /** Entries of the list of drugs, UNK included. */
  readonly drugs: number;
  /** Row -> entry of the list of cell lines. */
  readonly cellOfRow: ArrayLike<number>;
  /** Row -> entry of the list of drugs. */
  readonly drugOfRow: ArrayLike<number>;
  /** 88 in the release. */
  readonly seed?: number;
}

const folds = 5;

/**
 * The five folds of the release, 60/20/20 (badger.md 4.7): test units are a fifth of the shuffled list, validation a quarter
 * of the others, drawn by numpy's legacy generator.
 *
 * - cell_id, pert_id: rows follow their cell line or their drug.
 * - pair_id: rows whose cell line and drug are in the same part; all others are in none.
 *
 * A fold may be left without rows in a part where units have none (UNK has none at all).
 *
 * @throws {UserError} when there are fewer units than folds.
 */
export function badgerFolds(input: BadgerFoldInput, kind: BadgerFoldKind): Split[] {
  const { cells, drugs, cellOfRow, drugOfRow, seed = 88 } = input;
  const fewest = Math.min(cells, drugs);
  if (fewest < folds) {
    throw new UserError(
      `Five folds need at least ${folds} cell lines and drugs (UNK counts), found ${cells} and ${drugs}; choose ` +
        "another split (random, drug-blind, cell-blind), or give more data.",
    );
  }
  const random = new NumpyRandom(seed);
  const cellOrder = random.permutation(cells), drugOrder = random.permutation(drugs);
  return Array.from({ length: folds }, (_, fold) => {
    const cellPart = parts(cellOrder, fold, random), drugPart = parts(drugOrder, fold, random);
    return splitByPart(`${kind}, fold ${fold + 1} of ${folds}, seed ${seed}`, cellOfRow.length, (row) => {
      const cell = cellPart[cellOfRow[row]], drug = drugPart[drugOfRow[row]];
      return kind === "cell_id" ? cell : kind === "pert_id" || cell === drug ? drug : 3;
    });
  });
}

/** 0, 1 or 2 (training, validation, test) for each unit of a fold. */
function parts(order: Uint32Array, fold: number, random: NumpyRandom): Uint8Array {
  const n = order.length;
  // The first n mod 5 folds are one larger.
  const start = fold * Math.floor(n / folds) + Math.min(fold, n % folds);
  const end = start + Math.floor(n / folds) + (fold < n % folds ? 1 : 0);
  const part = new Uint8Array(n);
  for (const unit of order.subarray(start, end)) part[unit] = 2;
  const others = Array.from(part.keys()).filter((unit) => part[unit] === 0);
  const validation = Math.ceil(others.length / 4);
  for (const place of random.permutation(others.length).subarray(0, validation)) part[others[place]] = 1;
  return part;
}
