import {
  type CollectedFolds,
  collectFolds,
  collectSeeds,
  unfinishedSentences,
} from "../runs/tasks/collect.ts";
import type { KnownTask, TaskList } from "../runs/tasks/task_list.ts";
import { runName } from "../runs/configure.ts";
import type { RunConfig } from "../runs/run_config.ts";
import { freeRunPath } from "../runs/run_folder.ts";
import { foldRuns, seedRuns } from "../runs/series.ts";
import type { RunReport } from "../report/run_report.ts";
import { taskCommand } from "./command_text.ts";
import type { CommandContext } from "./context.ts";
import type { TaskFlags } from "./flags/task_flags.ts";
import { printAnswer, printReport } from "./print_answer.ts";
import { runTasks } from "./run_tasks.ts";
import type { RunFlags } from "./watched.ts";

/** Which trainings of one configuration are asked for. */
export interface Many {
  /** Every fold of its split. */
  readonly allFolds: boolean;
  /** So many seeds, of each fold. */
  readonly seeds: number;
}

/**
 * Trains a configuration several times, each in a run folder of its own, and prints what they say together: the verdict over
 * seeds, or mean and deviation over folds. Given again, it keeps what is finished and goes on.
 */
export async function trainMany(
  config: RunConfig,
  { allFolds, seeds }: Many,
  flags: TaskFlags,
  context: CommandContext,
): Promise<void> {
  const kind = allFolds ? "folds" : "seeds";
  const out = flags.out ?? await freeRunPath(`${runName(config)}-${kind}`);
  const folds = allFolds ? foldRuns(config, out) : [{ path: out, config }];
  const list: TaskList = {
    out,
    kind,
    of: { seeds },
    command: taskCommand(context.args),
    tasks: folds.flatMap((fold) => seeds > 1 ? seedRuns(fold.config, seeds, fold.path) : [fold]),
  };
  const tasks = await runTasks(list, flags, context);
  if (!tasks) return;
  if (kind === "folds") printFolds(out, await collectFolds(list, tasks), flags);
  else printSeeds(out, await collectSeeds(list, tasks), tasks, flags);
}

/** Prints what several seeds say together. */
export function printSeeds(
  out: string,
  report: RunReport,
  tasks: readonly KnownTask[],
  flags: Pick<RunFlags, "json">,
): void {
  const status = unfinishedSentences(tasks).length === 0 ? "finished" : "unfinished";
  printReport(report, flags, { status, run: out, report: `${out}/report.html` });
}

/** Prints what folds say together. */
export function printFolds(
  out: string,
  { record, table, sentences }: CollectedFolds,
  flags: Pick<RunFlags, "json">,
): void {
  printAnswer(flags, {
    result: record,
    table,
    lines: sentences,
    written: `${out}/folds.json, folds.html`,
  });
}
