import { resolve } from "node:path";
import { checksumOfTargets } from "../datasets/splits/mechanism_groups.ts";
import { checksumOfSplitFile } from "../datasets/splits/split_file.ts";
import type { SplitRule } from "../datasets/splits/split_rule.ts";
import { SettingsError } from "./errors.ts";

/** What a user says of a split; the rest is filled in. */
export interface SplitWish {
  /** A rule by its name, or `file`. With `folds` or `fold`, `random`, `drug-blind` and `cell-blind` mean their folds. */
  readonly rule?: string;
  /** Split number or seed. */
  readonly number?: number;
  /** Folds of a cross-validation. */
  readonly folds?: number;
  /** Which of them is the test part, from 0. */
  readonly fold?: number;
  /** Table of drugs and their mechanisms or targets; the rules by mechanism need it. */
  readonly targets?: string;
  /** `split.json` of another run. */
  readonly file?: string;
}

/** Rules that hold out parts by one number. */
const plainRules = [
  "random",
  "drug-blind",
  "cell-blind",
  "condition",
  "scaffold",
  "torch",
  "deepchem-scaffold",
] as const;
/** Rules of cross-validation. */
const foldRules = ["random-folds", "drug-folds", "cell-folds", "disjoint-folds", "scaffold-folds"] as const;
/** Rules by a table of targets. */
const mechanismRules = ["mechanism-blind", "mechanism-folds"] as const;
/** The folds of BADGER's release. */
const badgerRules = ["badger-cells", "badger-drugs", "badger-pairs"] as const;

/** Every rule by its name. */
export const splitRules: readonly string[] = [...plainRules, ...foldRules, ...mechanismRules, ...badgerRules];

const foldsOf: Readonly<Record<string, typeof foldRules[number] | "mechanism-folds">> = {
  "random": "random-folds",
  "drug-blind": "drug-folds",
  "cell-blind": "cell-folds",
  "scaffold": "scaffold-folds",
  "mechanism-blind": "mechanism-folds",
};

/**
 * The rule that a wish means, laid over the one that holds without it.
 *
 * @throws {SettingsError} for an unknown rule, a fold beyond the last, or folds of a rule that has none.
 */
export async function splitRuleOf(wish: SplitWish | undefined, base: SplitRule): Promise<SplitRule> {
  if (!wish || Object.values(wish).every((value) => value === undefined)) return base;
  if (wish.file !== undefined) {
    const file = resolve(wish.file);
    return { rule: "file", file, checksum: await checksumOfSplitFile(file) };
  }
  const folded = wish.folds !== undefined || wish.fold !== undefined;
  const named = wish.rule ?? base.rule;
  const rule = folded ? foldsOf[named] ?? named : named;
  const same = rule === base.rule ? base as { number?: number; folds?: number; fold?: number } : {};
  if (isOne(plainRules, rule)) {
    if (folded) {
      throw new SettingsError(
        `A split by ${rule} has no folds; choose random, drug-blind, cell-blind, scaffold, mechanism-blind or disjoint-folds.`,
      );
    }
    return { rule, number: wish.number ?? same.number ?? (rule === "torch" ? 42 : 0) };
  }
  const fold = wish.fold ?? same.fold ?? 0;
  if (isOne(badgerRules, rule)) {
    if (wish.folds !== undefined && wish.folds !== 5) {
      throw new SettingsError(`${rule} has 5 folds, as released; --folds ${wish.folds} cannot be had.`);
    }
    requireFold(fold, 5);
    return { rule, fold, number: wish.number ?? same.number ?? 88 };
  }
  if (isOne(foldRules, rule)) {
    const folds = wish.folds ?? same.folds ?? 10;
    requireFold(fold, folds);
    return { rule, folds, fold, number: wish.number ?? same.number ?? 42 };
  }
  if (isOne(mechanismRules, rule)) {
    const kept = "targets" in base ? base.targets : undefined;
    const targets = wish.targets === undefined ? kept : resolve(wish.targets);
    if (targets === undefined) {
      throw new SettingsError(
        `A split by ${rule} needs a table of drugs and their mechanisms or targets; give --split-targets FILE.`,
      );
    }
    const number = wish.number ?? same.number ?? (rule === "mechanism-folds" ? 42 : 0);
    const checksum = await checksumOfTargets(targets);
    if (rule === "mechanism-blind") return { rule, number, targets, checksum };
    const folds = wish.folds ?? same.folds ?? 10;
    requireFold(fold, folds);
    return { rule, folds, fold, number, targets, checksum };
  }
  throw new SettingsError(
    `There is no split "${rule}"; expected one of ${splitRules.join(", ")}, or a split.json file.`,
  );
}

/** Whether a rule, by its name, can be had with a number of folds. */
export function hasFolds(rule: string): boolean {
  return rule in foldsOf || isOne([...foldRules, "mechanism-folds"], rule);
}

/** How many folds a rule has; 1 where it has none. */
export function foldCount(rule: SplitRule): number {
  return "folds" in rule ? rule.folds : "fold" in rule ? 5 : 1;
}

function requireFold(fold: number, folds: number): void {
  if (fold >= folds) throw new SettingsError(`Fold ${fold} of ${folds}: expected 0 to ${folds - 1}.`);
}

function isOne<Name extends string>(names: readonly Name[], value: string): value is Name {
  return (names as readonly string[]).includes(value);
}
