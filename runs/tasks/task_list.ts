import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { UserError } from "../../datasets/user_error.ts";
import { writeFileAtomic } from "../../host/write_file_atomic.ts";
import { parseJson } from "../parse_json.ts";
import { isFinished } from "../read_report.ts";
import { runConfigSchema } from "../run_config.ts";
import { requireSameSettings, type SeriesRun } from "../series.ts";
import { isClaimed } from "./claim.ts";

const file = "tasks.json", format = "perturbine tasks 1";

/** Runs of one command, in an order that follows from it alone, and what they are collected into. */
export interface TaskList {
  /** Folder of all. */
  readonly out: string;
  /** What the runs make together: `folds`, `seeds`, `study`, `sweep`. */
  readonly kind: string;
  /** What collecting them needs besides, as JSON. */
  readonly of: Readonly<Record<string, unknown>>;
  /** The command that they belong to. */
  readonly command: string;
  /** The runs, their paths inside `out`. */
  readonly tasks: readonly SeriesRun[];
}

const schema = z.strictObject({
  format: z.literal(format),
  kind: z.string(),
  of: z.record(z.string(), z.json()),
  command: z.string(),
  tasks: z.array(z.strictObject({ path: z.string(), config: runConfigSchema })),
});

/**
 * Writes down what the folder is for, once: every process of the same command finds the same list there.
 *
 * @throws {UserError} when the folder is for other runs.
 */
export async function keepTaskList(list: TaskList): Promise<void> {
  const { out } = list;
  const record = {
    format,
    ...list,
    out: undefined,
    tasks: list.tasks.map(({ path, config }) => ({ path: within(out, path), config })),
  };
  const text = JSON.stringify(record, null, 1) + "\n";
  if (!await Deno.stat(`${out}/${file}`).then(() => true, () => false)) {
    await Deno.mkdir(out, { recursive: true });
    await writeFileAtomic(`${out}/${file}`, text);
  }
  const { kind, of, tasks } = JSON.parse(text);
  const { kind: oldKind, of: oldOf, tasks: old } = await parseJson(`${out}/${file}`, schema, {
    formats: [format],
  });
  if (isDeepStrictEqual({ kind, of, tasks }, { kind: oldKind, of: oldOf, tasks: old })) return;
  const at = Array.from(old).findIndex((task, k) => !isDeepStrictEqual(task, tasks[k]));
  throw new UserError(
    `${out} is for other runs (its ${file}: ${old.length} tasks${
      at < 0 ? "" : `, number ${at} is ${old[at].path} and configured otherwise`
    }; asked for: ${tasks.length}); give another --out, or the command that it was begun with.`,
  );
}

/** The list that a folder was begun with. @throws {UserError} when there is none. */
export async function readTaskList(out: string): Promise<TaskList> {
  if (!await Deno.stat(`${out}/${file}`).then(() => true, () => false)) {
    throw new UserError(
      `${out} holds no ${file}, so nothing says which runs belong to it; give the --out of a command with --task.`,
    );
  }
  const { kind, of, command, tasks } = await parseJson(`${out}/${file}`, schema, { formats: [format] });
  return {
    out,
    kind,
    of,
    command,
    tasks: tasks.map(({ path, config }) => ({ path: path === "." ? out : `${out}/${path}`, config })),
  };
}

function within(out: string, path: string): string {
  if (path === out) return ".";
  if (path.startsWith(`${out}/`)) return path.slice(out.length + 1);
  throw new Error(`the run ${path} does not lie in ${out}.`);
}

/** How far a task is. */
export type TaskState = "finished" | "failed" | "under way" | "stopped" | "missing";

/** A task, and how far it is. */
export interface KnownTask {
  /** The run. */
  readonly run: SeriesRun;
  /** Its state by its folder. */
  readonly state: TaskState;
  /** What went wrong, of a failed one. */
  readonly error?: string;
}

/** What a run folder tells of a task. @throws {UserError} when it holds a run that was configured otherwise. */
export async function stateOf(run: SeriesRun): Promise<KnownTask> {
  const { path } = run;
  const begun = await Deno.stat(`${path}/config.json`).then(() => true, () => false);
  if (begun) await requireSameSettings(run);
  if (begun && await isFinished(run)) return { run, state: "finished" };
  if (await isClaimed(path)) return { run, state: "under way" };
  const error = await Deno.readTextFile(failurePath(run)).catch(() => undefined);
  if (error !== undefined) return { run, state: "failed", error: error.trim() };
  return { run, state: begun ? "stopped" : "missing" };
}

/** Where a task says why it failed. */
export function failurePath({ path }: SeriesRun): string {
  return `${path}/failure.txt`;
}
