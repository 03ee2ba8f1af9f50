import { UserError } from "../datasets/user_error.ts";
import { type KnownTask, stateOf, type TaskList } from "../runs/tasks/task_list.ts";
import { numbersOf, type TaskShare } from "../runs/tasks/task_share.ts";
import { workOn } from "../runs/tasks/work_on.ts";
import { trainSeries } from "../runs/series.ts";
import type { CommandContext } from "./context.ts";
import { readTaskFlags, type TaskFlags } from "./flags/task_flags.ts";
import { printAnswer } from "./print_answer.ts";
import { type RunFlags, watched } from "./watched.ts";

/**
 * Trains the runs of a list: all of them one after the other, or the share that `--task` names beside other processes.
 *
 * @returns the tasks where all were asked for; undefined after a share, of which everything has been printed.
 */
export async function runTasks(
  list: TaskList,
  flags: TaskFlags,
  context: CommandContext,
): Promise<KnownTask[] | undefined> {
  const share = readTaskFlags(flags);
  if (share === undefined) {
    await watched(
      flags,
      context,
      (options) => trainSeries(list.tasks, { ...options, force: flags.force }),
    );
    return await Promise.all(list.tasks.map(stateOf));
  }
  const numbers = numbersOf(share, list.tasks.length);
  const failed = await workWatched(list, share, flags, context);
  if (failed.length > 0) {
    const [{ run, error }] = failed;
    throw new UserError(
      `${failed.length} of ${numbers.length} tasks failed; the first is ${run.path}: ${error}`,
    );
  }
  const tasks = await Promise.all(numbers.map((number) => stateOf(list.tasks[number])));
  printAnswer(flags, {
    result: {
      status: "finished",
      path: list.out,
      tasks: tasks.map(({ run: { path }, state }) => ({ run: path, state })),
    },
    table: {
      head: ["run", "state"],
      body: tasks.map(({ run: { path }, state }) => [path, state]),
      textColumns: 2,
    },
    lines: [`All runs are put together by: perturbine collect ${list.out}`],
  });
  return undefined;
}

/** Trains a share of a list's runs beside other processes, shown on the terminal; returns those that failed. */
export async function workWatched(
  list: TaskList,
  share: TaskShare,
  flags: RunFlags,
  context: CommandContext,
): Promise<KnownTask[]> {
  return await watched(
    flags,
    context,
    ({ signal, watch, ...options }) =>
      workOn(
        list,
        share,
        (run, signal) => trainSeries([run], { ...options, signal, watch: { ...watch, note: undefined } }),
        { signal, note: watch?.note },
      ),
  );
}
