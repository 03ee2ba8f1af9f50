import type { Command } from "commander";
import { closestName } from "../../datasets/readers/closest_name.ts";
import { splitRules, type SplitWish } from "../../runs/split_wish.ts";
import { UsageError } from "../usage_error.ts";
import { wholeNumber, wholeNumberOrAll } from "./words.ts";

/** Names that splits have had, and what they are called now. */
const formerNames: Readonly<Record<string, string>> = {
  blind: "drug-blind",
  drug: "drug-blind",
  cell: "cell-blind",
  mixed: "random-folds",
  disjoint: "disjoint-folds",
  mechanism: "mechanism-blind",
  cell_id: "badger-cells",
  pert_id: "badger-drugs",
  pair_id: "badger-pairs",
};

/** What a split's flags say. */
export interface AskedSplit {
  readonly wish: SplitWish;
  /** Every fold is asked for, each in a run of its own. */
  readonly allFolds: boolean;
}

/** The flags of a split; `usual` names the rule that holds without them. */
export function addSplitFlags(command: Command, usual: string): void {
  command.optionsGroup("Split:")
    .option(
      "--split <rule>",
      `which rows are held out: ${splitRules.join(", ")}, or the split.json of a run (default: ${usual})`,
    )
    .option(
      "--split-number <n>",
      "another split of the same rule: its number or seed",
      wholeNumber(0, 0xffffffff),
    )
    .option(
      "--split-targets <file>",
      "table of drugs and their mechanisms or targets: for mechanism-blind and mechanism-folds",
    )
    .option("--folds <n>", "folds of a cross-validation; all: train every fold as a run", wholeNumberOrAll(2))
    .option(
      "--fold <k>",
      "which fold is the test part, from 0 (default: 0); all: every one",
      wholeNumberOrAll(0),
    );
}

/** @throws {UsageError} for an unknown rule, naming the nearest. */
export async function readSplitFlags(options: Readonly<Record<string, unknown>>): Promise<AskedSplit> {
  const { split, splitNumber, splitTargets, folds, fold } = options as {
    readonly split?: string;
    readonly splitNumber?: number;
    readonly splitTargets?: string;
    readonly folds?: number | "all";
    readonly fold?: number | "all";
  };
  const allFolds = folds === "all" || fold === "all";
  if (folds === "all" && typeof fold === "number") {
    throw new UsageError(`--folds all and --fold ${fold} contradict each other; give one of them.`);
  }
  const isFile = split !== undefined && !splitRules.includes(split) && await isFileThere(split);
  if (
    isFile &&
    (splitNumber !== undefined || splitTargets !== undefined || folds !== undefined || fold !== undefined)
  ) {
    throw new UsageError(
      `--split ${split} is a file, which settles all rows; leave --split-number and folds out.`,
    );
  }
  if (split !== undefined && !isFile) requireRule("--split", split);
  return {
    wish: {
      ...(isFile ? { file: split } : { rule: split }),
      number: splitNumber,
      targets: splitTargets,
      folds: folds === "all" ? undefined : folds,
      // The folds are counted from the first; each run gets its own.
      fold: allFolds ? 0 : fold as number | undefined,
    },
    allFolds,
  };
}

/** @throws {UsageError} when there is no rule of that name, saying what it is called now or which is nearest. */
export function requireRule(flag: string, name: string): void {
  if (splitRules.includes(name)) return;
  const near = formerNames[name] ?? closestName(name, splitRules);
  throw new UsageError(
    `${flag} ${name}: there is no such rule${flag === "--split" ? " and no such file" : ""}; ${
      formerNames[name]
        ? `it is called ${near} now.`
        : near
        ? `did you mean ${near}?`
        : `expected one of ${splitRules.join(", ")}.`
    }`,
  );
}

async function isFileThere(path: string): Promise<boolean> {
  return await Deno.stat(path).then(({ isFile }) => isFile, () => false);
}
