import type { Command } from "commander";

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
