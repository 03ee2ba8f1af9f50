import type { Command } from "commander";

/** Where several trainings go, and what they say. */
export function addStartFlags(command: Command): void {
  command.optionsGroup("Output:")
    .option("--out <dir>", "folder of all runs (default: a new one in runs/)")
    .option("--force", "replace the runs that the folder holds")
    .option("--json", "print the result as JSON")
    .option("--quiet", "print no progress");
}

/** Where a training goes, and what it says. */
export function addOutputFlags(command: Command): void {
  command.optionsGroup("Output:")
    .option("--out <dir>", "run folder (default: a new one in runs/)")
    .option("--force", "replace the run that the folder holds");
  addSayingFlags(command);
}

/** What a training says as it goes, and at its end. */
export function addSayingFlags(command: Command): void {
  command
    .option("--profile", "write trace.json: every kernel of one step, with its time")
    .option("--json", "print the result as JSON")
    .option("--quiet", "print no progress");
}
