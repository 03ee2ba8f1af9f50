import type { Command } from "commander";
import type { CellChoice } from "../../runs/ask_drugs.ts";
import { UsageError } from "../usage_error.ts";
import { positiveNumber } from "./words.ts";

/** The flags that say in which cell line, at which dose. */
export function addCellFlags(command: Command): Command {
  return command
    .option("--cell <name>", "cell line of the run's data")
    .option("--profile <file>", "or a new one, by its untreated profile: CSV of gene,value")
    .option("--dose <uM>", "dose in µM (default: the commonest of the run's data)", positiveNumber)
    .option("--time <hours>", "time in hours (default: the commonest of the run's data)", positiveNumber);
}

/** @throws {UsageError} unless exactly one cell line is named. */
export function cellChoice({ cell, profile, dose, time }: CellChoice): CellChoice {
  if ((cell === undefined) === (profile === undefined)) {
    throw new UsageError("Which cell line? Give either --cell NAME or, for a new one, --profile FILE.");
  }
  return { cell, profile, dose, time };
}
