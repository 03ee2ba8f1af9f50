import { RandomStream } from "../random.ts";
import { splitByPart } from "./split_by_part.ts";
import type { Split } from "../types.ts";
import { UserError } from "../user_error.ts";

/** What a test fold holds out (Partin et al. 2023; csg2a.md 1.6). */
export type FoldKind =
  | "mixed"
  | "cell-blind"
  | "drug-blind"
  | "disjoint"
  | "scaffold-blind"
  | "mechanism-blind";

/** What is dealt into folds where drugs go by groups. */
const groupsOf: Partial<Record<FoldKind, string>> = {
  "scaffold-blind": "scaffolds",
  "mechanism-blind": "groups of drugs by mechanism",
};

/** What `kFold` needs to know of a data set. */
export interface FoldOptions {
  /** What a test fold holds out. */
  readonly kind: FoldKind;
  /** Drug of each row, by canonical identity; for `scaffold-blind` and `mechanism-blind` what the drugs are grouped by. */
  readonly drugs: readonly string[];
  /** Cell line of each row; `cell-blind` and `disjoint` need it. */
  readonly cells?: readonly string[];
  /** Of the shuffle that deals units into folds. */
  readonly seed: number;
  /** 10 in the paper. */
  readonly folds?: number;
}

/**
 * Cross-validation folds: the units (rows, drugs or cell lines, numbered by first appearance) are shuffled with the seed and
 * dealt into `folds` groups.
 *
 * - mixed: units are rows. Every row is in the test part of exactly one fold.
 * - drug-blind, cell-blind, scaffold-blind, mechanism-blind: units are drugs, cell lines, scaffolds or groups of drugs by
 *   mechanism; no unit of the test part is trained on.
 * - disjoint: drugs and cell lines are dealt independently; test fold k is the rows with both in group k, training the rows
 *   with neither; all other rows are dropped.
 *
 * Validation is a tenth (at least one) of the training units, drawn by the same rule; for disjoint a tenth of the training
 * drugs and of the training cell lines, one more of each until some row has both.
 * Source: csg2a.md 1.6.
 *
 * @throws {UserError} when there are fewer units than folds, or a fold would have an empty part.
 */
export function kFold(options: FoldOptions): Split[] {
  const { kind, drugs, seed, folds = 10 } = options;
  const rows = drugs.length;
  const cells = options.cells ?? [];
  if ((kind === "cell-blind" || kind === "disjoint") && cells.length !== rows) {
    throw new UserError(
      `${kind} folds need one cell line a row (${rows}), found ${options.cells?.length ?? "none"}; ` +
        "give a cell_id column, or choose mixed or drug-blind folds.",
    );
  }
  const drugOf = numbered(drugs), cellOf = numbered(cells);
  const axes = kind === "mixed"
    ? [{ unit: "rows", of: Uint32Array.from({ length: rows }, (_, row) => row), count: rows }]
    : [
      ...(kind === "cell-blind" ? [] : [{ unit: groupsOf[kind] ?? "drugs", ...drugOf }]),
      ...(kind !== "cell-blind" && kind !== "disjoint" ? [] : [{ unit: "cell lines", ...cellOf }]),
    ];
  const least = Math.max(folds, 3);
  for (const { unit, count } of axes) {
    if (count >= least) continue;
    throw new UserError(
      `${folds} ${kind} folds need at least ${least} ${unit}, found ${count}; ${
        count < 3 ? "choose another split" : "ask for fewer folds"
      }.`,
    );
  }
  const dealt = axes.map((axis, number) => deal(axis.count, folds, new RandomStream(seed, 0xf0, number)));
  return Array.from({ length: folds }, (_, fold) => {
    const orders = axes.map((axis, number) => {
      const order = new RandomStream(seed, 0xf1, number, fold).permutation(axis.count);
      return order.filter((unit) => dealt[number][unit] !== fold);
    });
    for (let extra = 0;; extra++) {
      const chosen = orders.map((order) => {
        const wanted = Math.max(1, Math.floor(0.1 * order.length)) + extra;
        return new Set(order.subarray(0, wanted));
      });
      const name = `${kind}, fold ${fold + 1} of ${folds}, seed ${seed}`;
      const split = splitByPart(name, rows, (row) => {
        const part = axes.map((axis, number) => {
          const unit = axis.of[row];
          return dealt[number][unit] === fold ? 2 : chosen[number].has(unit) ? 1 : 0;
        });
        return part.every((p) => p === part[0]) ? part[0] : 3;
      });
      const exhausted = orders.some((order, number) => chosen[number].size >= order.length);
      if (split.train.length > 0 && split.validation.length > 0 && split.test.length > 0) return split;
      if (exhausted || split.train.length === 0 || split.test.length === 0) {
        throw new UserError(
          `The ${name} has ${split.train.length} training, ${split.validation.length} validation and ${split.test.length} ` +
            "test rows, and none may be empty; ask for fewer folds.",
        );
      }
    }
  });
}

function deal(units: number, folds: number, random: RandomStream): Uint32Array {
  const group = new Uint32Array(units);
  random.permutation(units).forEach((unit, place) => group[unit] = place % folds);
  return group;
}

function numbered(labels: readonly string[]): { of: Uint32Array<ArrayBuffer>; count: number } {
  const numbers = new Map<string, number>();
  for (const label of labels) if (!numbers.has(label)) numbers.set(label, numbers.size);
  return { of: Uint32Array.from(labels, (label) => numbers.get(label)!), count: numbers.size };
}
