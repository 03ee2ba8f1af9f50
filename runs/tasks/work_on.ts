import { UserError } from "../../datasets/user_error.ts";
import { writeFileAtomic } from "../../host/write_file_atomic.ts";
import { StoppedError } from "../errors.ts";
import type { SeriesRun } from "../series.ts";
import { claimFolder, isClaimed, staleAfter } from "./claim.ts";
import { failurePath, keepTaskList, type KnownTask, stateOf, type TaskList } from "./task_list.ts";
import { numbersOf, type TaskShare } from "./task_share.ts";

/** How tasks are worked on. */
export interface WorkOptions {
  /** Ctrl-C: waiting ends, and `bringToEnd`'s signal is aborted. */
  readonly signal?: AbortSignal;
  /** A remark for people. */
  note?(line: string): void;
  /** See `claimFolder`. */
  readonly stale?: number;
  /** Milliseconds between two looks at tasks that other processes hold; default 2,000. */
  readonly patience?: number;
}

/**
 * Brings a share of a list's tasks to their end, beside other processes on this machine or others: each task is claimed by one of
 * them, one that was stopped goes on from where it was saved, and those of a process that has died are taken over. Ends when each
 * task of the share is finished, or has failed.
 *
 * A task that failed before is tried again, once, by the share that names it; `any` leaves it alone.
 *
 * @param bringToEnd trains a run, which may have been begun, to its `results.json`, unless its signal is aborted: by the user, or
 *   because another process has taken the run over.
 * @returns the tasks of the share that failed.
 * @throws {StoppedError} when the signal stopped a run; its claim is given back.
 */
export async function workOn(
  list: TaskList,
  share: TaskShare,
  bringToEnd: (run: SeriesRun, signal: AbortSignal) => Promise<unknown>,
  options: WorkOptions = {},
): Promise<KnownTask[]> {
  const { stale = staleAfter, patience = 2000, signal, note } = options;
  const numbers = numbersOf(share, list.tasks.length);
  await keepTaskList(list);
  const tried = new Set<number>();
  /** Whether nothing is left to do for a task. */
  const settled = async (number: number) => {
    // Who ended it may have been killed before the claim was given back: it is taken over, to be given back.
    if (await isClaimed(list.tasks[number].path)) return false;
    const { state } = await stateOf(list.tasks[number]);
    return state === "finished" || (state === "failed" && (share === "any" || tried.has(number)));
  };
  let open = numbers;
  while (open.length > 0) {
    const held: number[] = [];
    for (const number of open) {
      if (await settled(number)) continue;
      const run = list.tasks[number];
      await using claim = await claimFolder(run.path, stale);
      if (!claim) held.push(number);
      // Another process may have ended it between the look and the claim.
      else if (!await ended(run, number) && !await attempt(run, number, claim.lost)) held.push(number);
    }
    if (held.length === open.length) await pause(patience, signal);
    open = held;
  }
  return (await Promise.all(numbers.map((number) => stateOf(list.tasks[number])))).filter(
    ({ state }) => state === "failed",
  );

  async function ended(run: SeriesRun, number: number): Promise<boolean> {
    const there = (path: string) => Deno.stat(path).then(() => true, () => false);
    return await there(`${run.path}/results.json`) ||
      (share === "any" || tried.has(number)) && await there(failurePath(run));
  }

  /** Whether it was done or has failed, rather than another's in the meantime. */
  async function attempt(run: SeriesRun, number: number, lost: AbortSignal): Promise<boolean> {
    tried.add(number);
    note?.(`Task ${number} of 0 to ${list.tasks.length - 1}: ${run.path}`);
    try {
      await bringToEnd(run, signal ? AbortSignal.any([signal, lost]) : lost);
      await Deno.remove(failurePath(run)).catch(() => {});
    } catch (error) {
      if (lost.aborted && !signal?.aborted) {
        note?.(`${run.path} was taken over by another process, which had seen no sign of life of this one.`);
        return false;
      }
      if (error instanceof StoppedError) throw error;
      const { message } = error as Error;
      await writeFileAtomic(failurePath(run), message + "\n");
      note?.(`Failed: ${message}`);
    }
    return true;
  }
}

async function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  await new Promise<void>((resume) => {
    const timer = setTimeout(resume, milliseconds);
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      resume();
    }, { once: true });
  });
  if (signal?.aborted) {
    throw new UserError(
      "Stopped while other processes held the tasks that are left; start it again when they end.",
    );
  }
}
