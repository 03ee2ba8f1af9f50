import { dirname } from "node:path";
import { UserError } from "../../datasets/user_error.ts";
import { writeFileAtomic } from "../../host/write_file_atomic.ts";
import { number } from "../../report/kit/numbers.ts";
import type { TextTable } from "../../report/kit/text_table.ts";
import { headlineMetrics, shortName, signOf } from "../../report/metric.ts";
import type { RunReport } from "../../report/run_report.ts";
import type { StudyReport } from "../../report/study_report.ts";
import { renderTasksPage, type TasksReport } from "../../report/tasks_page.ts";
import { evaluateRun } from "../../runs/evaluate.ts";
import { type FoldScore, overFolds } from "../../runs/over_folds.ts";
import { readReport } from "../../runs/read_report.ts";
import { judgeStudy, type StudyPlan } from "../../runs/study.ts";
import { writeReport } from "../../runs/write_report.ts";
import type { KnownTask, TaskList } from "./task_list.ts";

/** A fold's run, or what its seeds say together. */
export interface CollectedRun {
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
export async function collectRuns(list: TaskList, tasks: readonly KnownTask[]): Promise<CollectedRun[]> {
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
  throw new UserError(`${list.out}: none of its ${tasks.length} runs is finished yet.`);
}

/** Mean and deviation over folds, as `folds.json` and `folds.html` hold them. */
export interface CollectedFolds {
  /** One a fold. */
  readonly runs: readonly CollectedRun[];
  /** Name of the metric that ranks. */
  readonly primary: string;
  /** Every prediction of the tables, over the folds. */
  readonly models: readonly FoldScore[];
  /** The figures. */
  readonly table: TextTable;
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
    ...unfinished.length > 0 ? { unfinished } : {},
  };
  await writeFileAtomic(`${list.out}/folds.json`, JSON.stringify(record, null, 1) + "\n");
  const [own] = models;
  const { mean, deviation, folds } = own.metrics[primary];
  const page: TasksReport = {
    title: `${title}, every fold`,
    sentence: `${own.name}: ${shortName(primary)} ${number(mean)} ± ${number(deviation)} over ${folds} folds`,
    sentences: runs.map(({ run, report: { verdict } }) => `${run}: ${verdict.sentence}`),
    explanation:
      `Mean ± standard deviation over the folds that are finished (${split.name} and its neighbours), the best at the top.`,
    table,
    tasks: tasks.map(({ run: { path }, state, error }) => ({ run: path, state, error })),
    notes: unfinished,
    command: list.command,
  };
  await writeFileAtomic(`${list.out}/folds.html`, renderTasksPage(page));
  return { runs, primary, models, table };
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
  const { sets, notes, title, clusters } = list.of as unknown as StudyTasks;
  const finished = new Set(
    tasks.filter(({ state }) => state === "finished").map(({ run: { path } }) =>
      path.slice(list.out.length + 1)
    ),
  );
  const byPath = new Map(list.tasks.map((run) => [run.path.slice(list.out.length + 1), run]));
  const plan: StudyPlan = {
    sets: sets.map((models) => ({
      models: models.map((paths) =>
        paths.filter((path) => finished.has(path)).map((path) => byPath.get(path)!)
      ).filter((runs) => runs.length > 0),
    })).filter(({ models }) => models.length > 0),
    notes: [...unfinishedSentences(tasks), ...notes],
  };
  if (plan.sets.length === 0) {
    throw new UserError(`${list.out}: none of its ${tasks.length} runs is finished yet.`);
  }
  return await judgeStudy({ out: list.out, title }, plan, { clusters, command: list.command });
}

/** What a study's list holds beside its runs: their paths by set and model. */
export interface StudyTasks {
  readonly sets: readonly (readonly (readonly string[])[])[];
  readonly notes: readonly string[];
  readonly title?: string;
  readonly clusters?: string;
}

/** The list of a study's runs. */
export function studyTasks(
  plan: StudyPlan,
  { out, title, clusters, command }: {
    readonly out: string;
    readonly title?: string;
    readonly clusters?: string;
    readonly command: string;
  },
): TaskList {
  const sets = plan.sets.map(({ models }) =>
    models.map((runs) => runs.map(({ path }) => path.slice(out.length + 1)))
  );
  return {
    out,
    kind: "study",
    of: { sets, notes: plan.notes, title, clusters },
    command,
    tasks: plan.sets.flatMap(({ models }) => models.flat()),
  };
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
