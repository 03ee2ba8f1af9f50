import type { Command } from "commander";
import { arrayVariable, type TaskShare, taskShare } from "../../runs/tasks/task_share.ts";
import { refuseUnshared } from "../ranks.ts";
import { UsageError } from "../usage_error.ts";
import type { StartFlags } from "../watched.ts";

/** Flags of a command that makes several runs. */
export interface TaskFlags extends StartFlags {
  /** As typed. */
  readonly task?: string;
}

/** How several processes share the runs of one command. */
export function addTaskFlags(command: Command): Command {
  return command.optionsGroup("Several processes or machines:")
    .option(
      "--task <which>",
      "do these runs only: I/N (every N-th from I, counted from 0), array (the element that Slurm or Kubernetes names), array/N, " +
        "any (whatever no other process holds); `perturbine collect` puts them together",
    );
}

/** The share that is asked for; undefined: all runs, one after the other. @throws {UsageError} */
export function readTaskFlags({ task, out, force }: TaskFlags): TaskShare | undefined {
  refuseUnshared(task);
  if (task === undefined) {
    const variable = arrayVariable();
    if (variable !== undefined) {
      console.error(
        `${variable} is set: with --task array this process would do its own part only; without it does all.`,
      );
    }
    return undefined;
  }
  if (out === undefined) {
    throw new UsageError(`--task ${task} needs --out, the folder that all processes share.`);
  }
  if (force) {
    throw new UsageError(
      `--task ${task} and --force contradict each other: one process would remove what another has done; remove ${out} before.`,
    );
  }
  return taskShare(task);
}
