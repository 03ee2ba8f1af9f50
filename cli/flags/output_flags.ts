import type { Command } from "commander";
import { outerDefaults } from "../../models/distributed/outer_step.ts";
import { fraction, positiveNumber, wholeNumber } from "./words.ts";

/** Where trainings go: one run folder, or with `many` the folder of all. */
export function addOutputFlags(command: Command, many = false): Command {
  return command.optionsGroup("Output:")
    .option("--out <dir>", `${many ? "folder of all runs" : "run folder"} (default: a new one in runs/)`)
    .option("--force", `replace the ${many ? "runs" : "run"} that the folder holds`);
}

/** What a training says as it goes, and at its end. */
export function addSayingFlags(command: Command): Command {
  return command.option("--json", "print the result as JSON").option("--quiet", "print no progress");
}

/** What one training can write besides. */
export function addProfileFlag(command: Command): Command {
  return command.option("--profile", "write trace.json: every kernel of one step, with its time");
}

/** How ranks that an MPI launcher has started train together. */
export function addRankFlags(command: Command): Command {
  return command.optionsGroup("Several processes or machines:")
    .option(
      "--own-norm",
      "under mpirun: BatchNorm by the rows of each rank, not by the whole batch (other results, fewer exchanges)",
    )
    .option(
      "--sync-every <steps>",
      "under mpirun: each rank steps by itself, and all come together every so many steps (other results, for slow networks)",
      wholeNumber(1),
    )
    .option(
      "--outer-rate <number>",
      `with --sync-every: learning rate of the step by which they do (default: ${outerDefaults.rate})`,
      positiveNumber,
    )
    .option(
      "--outer-momentum <number>",
      `with --sync-every: Nesterov momentum of that step, below 1 (default: ${outerDefaults.momentum})`,
      fraction,
    )
    .option(
      "--silence <seconds>",
      "under mpirun: a rank that answers nothing for so long ends the job (default: 600)",
      wholeNumber(1),
    );
}
