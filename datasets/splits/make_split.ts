import type { BadgerFoldKind } from "./badger_folds.ts";
import { releasedFolds } from "./released_folds.ts";
import type { Dataset, Key } from "../dataset.ts";
import { Chemistry } from "../molecules/chemistry.ts";
import { listNames } from "../readers/named_columns.ts";
import type { Split } from "../types.ts";
import { UserError } from "../user_error.ts";
import { conditionSplit } from "./condition_split.ts";
import { deepchemScaffoldSplit } from "./deepchem_scaffold_split.ts";
import { hashSplit } from "./hash_split.ts";
import { mechanismsOf } from "./mechanism_groups.ts";
import { type FoldKind, kFold } from "./k_fold.ts";
import { splitFromFile } from "./split_file.ts";
import type { SplitRule } from "./split_rule.ts";
import { torchRandomSplit } from "./torch_random_split.ts";

const foldKinds: Readonly<Record<string, FoldKind>> = {
  "random-folds": "mixed",
  "drug-folds": "drug-blind",
  "cell-folds": "cell-blind",
  "disjoint-folds": "disjoint",
  "scaffold-folds": "scaffold-blind",
  "mechanism-folds": "mechanism-blind",
};

const releasedKinds: Readonly<Record<string, BadgerFoldKind>> = {
  "badger-cells": "cell_id",
  "badger-drugs": "pert_id",
  "badger-pairs": "pair_id",
};

/**
 * Cuts the rows of a table as a rule says: the same rule and the same table give the same rows everywhere. What is held out are
 * drugs and cell lines by identity, so no spelling, salt or batch of a test drug is trained on.
 *
 * @throws {UserError} when the data do not allow that split, or it leaves nothing to train on or to test.
 *
 * @example
 * ```ts
 * const split = await makeSplit({ rule: "drug-blind", number: 0 }, data);
 * const truth = data.truth!.take(split.test);
 * ```
 */
export async function makeSplit(rule: SplitRule, data: Dataset): Promise<Split> {
  const made = await cut(rule, data);
  const split = rule.rule === "file" ? made : { ...made, name: ruleName(rule) };
  const { train, validation, test } = split;
  const empty = train.length === 0 ? "training" : test.length === 0 ? "test" : undefined;
  if (empty !== undefined) {
    throw new UserError(
      `${data.source}: the split "${split.name}" leaves no ${empty} rows (${train.length} to train, ${validation.length} to ` +
        `validate, ${test.length} to test); choose another fold or split.`,
    );
  }
  return { ...split, unit: split.unit ?? heldOutUnit(rule, data, split) };
}

/**
 * A rule in words: `drug-blind, split 0`, `cell-folds, fold 3 of 10, seed 42`.
 *
 * @example
 * ```ts
 * ruleName({ rule: "cell-folds", folds: 10, fold: 2, number: 42 }); // "cell-folds, fold 3 of 10, seed 42"
 * ```
 */
export function ruleName(rule: SplitRule): string {
  switch (rule.rule) {
    case "random":
    case "drug-blind":
    case "cell-blind":
    case "scaffold":
    case "mechanism-blind":
      return `${rule.rule}, split ${rule.number}`;
    case "condition":
    case "torch":
      return `${rule.rule}, seed ${rule.number}`;
    case "deepchem-scaffold":
      return rule.rule;
    case "file":
      return `the parts of ${rule.file}`;
    default: {
      const folds = "folds" in rule ? rule.folds : 5;
      return `${rule.rule}, fold ${rule.fold + 1} of ${folds}, seed ${rule.number}`;
    }
  }
}

async function cut(rule: SplitRule, data: Dataset): Promise<Split> {
  const { rows, drug, cell } = data;
  switch (rule.rule) {
    case "random":
      return hashSplit({ rows, kind: "random", split: rule.number });
    case "torch":
      return torchRandomSplit(rows, rule.number);
    case "condition":
      return conditionSplit(data.condition, rule.number);
    case "drug-blind":
      return blind(data, "drugs", labels(drug), rule.number);
    case "cell-blind":
      requireCells(rule.rule, data);
      return blind(data, "cell lines", labels(cell), rule.number);
    case "scaffold":
      return blind(data, "scaffolds", await scaffoldsOf(data), rule.number);
    case "deepchem-scaffold":
      return deepchemScaffoldSplit(await scaffoldsOf(data), drug.of);
    case "mechanism-blind":
      return blind(data, "groups of drugs by mechanism", await mechanismsOf(rule, data), rule.number);
    case "random-folds":
    case "drug-folds":
    case "cell-folds":
    case "disjoint-folds":
    case "scaffold-folds":
    case "mechanism-folds": {
      if (rule.fold >= rule.folds) {
        throw new UserError(`Fold ${rule.fold} of ${rule.folds}: expected 0 to ${rule.folds - 1}.`);
      }
      const kind = foldKinds[rule.rule];
      if (kind === "cell-blind" || kind === "disjoint") requireCells(rule.rule, data);
      const { folds, number: seed } = rule;
      const drugs = rule.rule === "scaffold-folds"
        ? await scaffoldsOf(data)
        : rule.rule === "mechanism-folds"
        ? await mechanismsOf(rule, data)
        : labels(drug);
      return kFold({ kind, drugs, cells: labels(cell), seed, folds })[rule.fold];
    }
    case "badger-cells":
    case "badger-drugs":
    case "badger-pairs":
      return releasedFolds(data, releasedKinds[rule.rule], rule.number)[rule.fold];
    case "file":
      return await splitFromFile(rule.file, data, rule.checksum);
  }
}

/** One label a row: equal for rows of one unit. */
function labels({ ids, of }: Key): string[] {
  return Array.from(of, (unit) => ids[unit]);
}

function blind(data: Dataset, what: string, groups: readonly string[], split: number): Split {
  const units = new Set(groups);
  if (units.size < 3) {
    throw new UserError(
      `${data.source}: found ${units.size} ${what} (${
        listNames([...units], 2)
      }), expected at least 3 to hold some out ` +
        "(training, validation, test); choose another split.",
    );
  }
  return hashSplit({ rows: data.rows, kind: "blind", split, groups });
}

function requireCells(rule: string, { cell, source }: Dataset): void {
  if (cell.ids.some((id) => id !== "")) return;
  throw new UserError(
    `${source}: a ${rule} split needs the cell line of every row, but the data have no cell_id column; add it or choose ` +
      "another split.",
  );
}

/** Milliseconds a drug, and asked for again for every split of a table. */
const scaffoldsOfTables = new WeakMap<readonly string[], readonly string[]>();

/** Murcko scaffold of the drug of each row; a drug without known structure is a scaffold of its own. */
export async function scaffoldsOf({ drug, structures }: Dataset): Promise<string[]> {
  const chemistry = await Chemistry.load();
  const ofUnit = scaffoldsOfTables.get(structures) ??
    structures.map((smiles, unit) => smiles === "" ? `drug ${drug.ids[unit]}` : chemistry.scaffold(smiles));
  scaffoldsOfTables.set(structures, ofUnit);
  return Array.from(drug.of, (unit) => ofUnit[unit]);
}

/** What a bootstrap draws anew: what the rule holds out; of drugs and cell lines the one with fewer in the test part. */
function heldOutUnit(rule: SplitRule, { drug, cell }: Dataset, { test }: Split): "drug" | "cell" {
  const count = ({ of }: Key) => new Set(Array.from(test, (row) => of[row])).size;
  switch (rule.rule) {
    case "cell-blind":
    case "cell-folds":
    case "badger-cells":
      return "cell";
    case "disjoint-folds":
    case "badger-pairs":
      return count(cell) < count(drug) ? "cell" : "drug";
    default:
      return "drug";
  }
}
