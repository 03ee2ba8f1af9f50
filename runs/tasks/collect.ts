import { dirname } from "node:path";
import { UserError } from "../../datasets/user_error.ts";
import { writeFileAtomic } from "../../host/write_file_atomic.ts";
import { number } from "../../report/kit/numbers.ts";
import type { TextTable } from "../../report/kit/text_table.ts";
import { headlineMetrics, shortName, signOf } from "../../report/metric.ts";
import type { RunReport } from "../../report/run_report.ts";
import type { StudyReport } from "../../report/study_report.ts";
import { renderTasksPage, type TasksReport } from "../../report/tasks_page.ts";
import { evaluateRun } from "../evaluate.ts";
import { type FoldScore, overFolds } from "../over_folds.ts";
import { readReport } from "../read_report.ts";
import type { SeriesRun } from "../series.ts";
import { judgeStudy } from "../studies/study.ts";
import type { StudyTasks } from "../studies/tasks.ts";
import type { StudyWish } from "../studies/wish.ts";
import { writeReport } from "../write_report.ts";
import type { KnownTask, TaskList } from "./task_list.ts";

/** A fold's run, or what its seeds say together. */
interface CollectedRun {
  /** Its folder. */
  readonly run: string;
  /** What its page shows. */
  readonly report: RunReport;
}

/** Sentences on the tasks that are not finished. */
export function unfinishedSentences(tasks: readonly KnownTask[]): string[] {
  return tasks.flatMap(({ run: { path }, state, error }) =>
    state === "finished" ? [] : [`${path} is ${state}${error === undefined ? "" : `: ${error}`}.`]
  );
}

/** The finished runs of a list, seeds of one fold judged together. @throws {UserError} when there is none yet. */
async function collectRuns(list: TaskList, tasks: readonly KnownTask[]): Promise<CollectedRun[]> {
  const seeds = Number(list.of.seeds ?? 1);
  const groups = Map.groupBy(tasks, ({ run: { path } }) => seeds > 1 ? dirname(path) : path);
  const found: CollectedRun[] = [];
  for (const [run, members] of groups) {
    const paths = members.filter(({ state }) => state === "finished").map(({ run: { path } }) => path);
    if (paths.length === 0) continue;
    const report = seeds > 1
      ? await evaluateRun(paths, { command: list.command })
      : await readReport(paths[0]);
    found.push({ run, report });
  }
  if (found.length > 0) return found;
  throw new UserError(`${list.out}: none of its ${tasks.length} runs is finished yet; wait, or resume one.`);
}

/** Mean and deviation over folds. */
export interface CollectedFolds {
  /** What `folds.json` holds. */
  readonly record: Readonly<Record<string, unknown>>;
  /** The figures. */
  readonly table: TextTable;
  /** Of each fold, then of each run that is not finished. */
  readonly sentences: readonly string[];
}

/** Puts the finished folds of a list together, and writes `folds.json` and `folds.html`. */
export async function collectFolds(list: TaskList, tasks: readonly KnownTask[]): Promise<CollectedFolds> {
  const runs = await collectRuns(list, tasks);
  const [{ report: { primary, title, split } }] = runs;
  const models = overFolds(runs.map(({ report }) => report));
  const table = foldTable(models, primary);
  const unfinished = unfinishedSentences(tasks);
  const record = {
    status: unfinished.length === 0 ? "finished" : "unfinished",
    path: list.out,
    runs: runs.map(({ run, report: { split, verdict } }) => ({ run, split, verdict })),
    primary,
    models,
    unfinished,
  };
  await writeFileAtomic(`${list.out}/folds.json`, JSON.stringify(record, null, 1) + "\n");
  const [own] = models;
  const { mean, deviation, folds } = own.metrics[primary];
  const verdicts = runs.map(({ run, report: { verdict } }) => `${run}: ${verdict.sentence}`);
  const page: TasksReport = {
    title: `${title}, every fold`,
    sentence: `${own.name}: ${shortName(primary)} ${number(mean)} ± ${number(deviation)} over ${folds} folds`,
    sentences: verdicts,
    explanation:
      `Mean ± standard deviation over the folds that are finished (${split.name} and its neighbours), the best at the top.`,
    table,
    tasks: tasks.map(({ run: { path }, state, error }) => ({ run: path, state, error })),
    notes: unfinished,
    command: list.command,
  };
  await writeFileAtomic(`${list.out}/folds.html`, renderTasksPage(page));
  return { record, table, sentences: [...verdicts, ...unfinished] };
}

/** The page of several seeds. */
export async function collectSeeds(list: TaskList, tasks: readonly KnownTask[]): Promise<RunReport> {
  const [{ report: found }] = await collectRuns(list, tasks);
  const report = { ...found, notes: [...unfinishedSentences(tasks), ...found.notes] };
  await writeReport(list.out, report);
  return report;
}

/** The table and page of a study, of the runs that are finished. */
export async function collectStudy(list: TaskList, tasks: readonly KnownTask[]): Promise<StudyReport> {
  const { cells, notes, clusters, about } = list.of as unknown as StudyOf;
  if (tasks.every(({ state }) => state !== "finished")) {
    throw new UserError(
      `${list.out}: none of its ${tasks.length} runs is finished yet; wait, or resume one.`,
    );
  }
  const byPath = new Map(list.tasks.map((run) => [run.path, run]));
  const runOf = (path: string): SeriesRun => byPath.get(`${list.out}/${path}`)!;
  const study: StudyTasks = {
    tasks: list.tasks,
    cells: cells.map((cell) => ({
      ...cell,
      models: cell.models.map((model) => ({ ...model, runs: model.runs.map(runOf) })),
    })),
    notes: [...unfinishedSentences(tasks), ...notes],
  };
  return await judgeStudy({ ...about, out: list.out }, study, { clusters, command: list.command });
}

/** What a study's list holds beside its runs: the tables that they make, with the paths of runs in their place. */
interface StudyOf {
  readonly cells: readonly {
    readonly set: string;
    readonly fold?: number;
    readonly models: readonly {
      readonly label?: string;
      readonly model: string;
      readonly runs: readonly string[];
    }[];
  }[];
  readonly notes: readonly string[];
  readonly clusters?: string;
  readonly about: Pick<StudyWish, "title" | "method" | "published">;
}

/** The list of a study's runs. */
export function studyList(
  { tasks, cells, notes }: StudyTasks,
  { out, title, method, published }: StudyWish,
  { clusters, command }: { readonly clusters?: string; readonly command: string },
): TaskList {
  const of: StudyOf = {
    cells: cells.map((cell) => ({
      ...cell,
      models: cell.models.map((model) => ({
        ...model,
        runs: model.runs.map(({ path }) => path.slice(out.length + 1)),
      })),
    })),
    notes,
    clusters,
    about: { title, method, published },
  };
  return { out, kind: "study", of: { ...of }, command, tasks };
}

/** Mean and deviation over folds, the best at the top. */
function foldTable(scores: readonly FoldScore[], primary: string): TextTable {
  const metrics = headlineMetrics(primary, scores.flatMap((score) => Object.keys(score.metrics)), 5);
  const sign = signOf(primary);
  const value = ({ metrics }: FoldScore) =>
    metrics[primary] ? sign * metrics[primary].mean : -Number.MAX_VALUE;
  return {
    head: ["over folds", ...metrics.map(shortName)],
    body: scores.toSorted((a, b) => value(b) - value(a)).map((score) => [
      score.role === "model" ? { strong: score.name } : score.name,
      ...metrics.map((name) => {
        const moments = score.metrics[name];
        return moments ? `${number(moments.mean)} ± ${number(moments.deviation)}` : "";
      }),
    ]),
  };
}
