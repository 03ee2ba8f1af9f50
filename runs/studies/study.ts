import type { Scored } from "../../datasets/evaluation/types.ts";
import { UserError } from "../../datasets/user_error.ts";
import { modelNamed } from "../../models/registry.ts";
import type {
  StudyCompute,
  StudyReport,
  StudyRow,
  StudySet,
  StudySource,
  StudyVariant,
} from "../../report/study_report.ts";
import type { EvaluationWish } from "../evaluate.ts";
import { isFinished, readReport } from "../read_report.ts";
import { type SeriesRun, trainSeries } from "../series.ts";
import type { TrainOptions } from "../train.ts";
import { foldRows } from "./fold_rows.ts";
import { type JudgedCell, judgedCell, namesOf } from "./judged_cell.ts";
import { type StudyCell, type StudyTasks, studyTasks } from "./tasks.ts";
import { variantOf } from "./variant.ts";
import type { StudyWish } from "./wish.ts";
import { writeStudy } from "./write_study.ts";

/**
 * Trains what is missing and puts everything in one table, plainly also where a baseline wins. Stopped and given again it goes on.
 *
 * @throws {StoppedError} when the signal stopped a training; the runs that are done stay.
 * @example
 * ```ts
 * const models = [{ model: "csg2a" }, { model: "ridge" }];
 * const splits = [{ rule: "drug-blind" }, { rule: "random", folds: 10 }];
 * await study({ data: ["data/skbr3"], splits, models, seeds: 5, out: "runs/study" });
 * ```
 */
export async function study(
  wish: StudyWish,
  options: TrainOptions & Pick<EvaluationWish, "clusters"> = {},
): Promise<StudyReport> {
  const { clusters, ...training } = options;
  const list = await studyTasks(wish);
  await trainSeries(list.tasks, training);
  return await judgeStudy(wish, list, { clusters, command: options.command });
}

/**
 * Puts the finished runs of a study in tables, figures and a page. What is missing is named and left out: rows of a fold, or of a set
 * without folds, are compared when every model has finished them.
 *
 * @throws {UserError} when no model can be compared with another yet.
 */
export async function judgeStudy(
  { out, title, method, published }: Pick<StudyWish, "out" | "title" | "method" | "published">,
  { cells, tasks, notes: before }: StudyTasks,
  options: Pick<EvaluationWish, "clusters" | "command"> = {},
): Promise<StudyReport> {
  const sets: StudySet[] = [], rows: StudyRow[] = [], notes = new Set(before);
  const sources = new Map<string, StudySource>();
  for (const group of Map.groupBy(cells, ({ set }) => set).values()) {
    const folds: JudgedCell[] = [];
    let last: StudyCell | undefined;
    for (const cell of group) {
      const missing = await missingOf(cell);
      if (missing.length > 0) {
        notes.add(
          `Not finished, so that its fold or set is left out: ${
            missing.map(({ path }) => within(out, path)).join(", ")
          }.`,
        );
        continue;
      }
      folds.push(await judgedCell(cell, options));
      last = cell;
    }
    if (last === undefined) continue;
    const cell = last, isFolded = cell.fold !== undefined;
    const set = isFolded ? foldedSet(folds) : setOf(folds[0]);
    sets.push(set);
    const folded = () =>
      foldRows(folds, namesOf(cell)).map((row) => ({ ...row, data: set.data, split: set.split }));
    rows.push(...isFolded ? folded() : rowsOf(folds[0], cell));
    for (const { reports: [report], source } of folds) {
      sources.set(source.data, source);
      if (isFolded) continue;
      for (const note of report.notes) notes.add(`${source.data}, ${report.split.name}: ${note}`);
    }
  }
  if (sets.length === 0) {
    throw new UserError(`${out}: no table of the study has all its runs yet. ${[...notes].join(" ")}`);
  }
  const report: StudyReport = {
    title: title ?? "Study",
    ...(method === undefined ? {} : { method }),
    sets,
    rows,
    notes: [...notes],
    command: options.command ?? "",
    variants: variantsOf(cells),
    sources: [...sources.values()],
    compute: await computeOf(tasks),
    ...(published ? { published } : {}),
  };
  await writeStudy(out, report);
  return report;
}

function within(out: string, path: string): string {
  return path.startsWith(`${out}/`) ? path.slice(out.length + 1) : path;
}

async function missingOf({ models }: StudyCell): Promise<SeriesRun[]> {
  const runs = models.flatMap((model) => model.runs);
  const done = await Promise.all(runs.map(isFinished));
  return runs.filter((_, at) => !done[at]);
}

function setOf({ source: { data }, reports: [report], testRows }: JudgedCell): StudySet {
  return {
    data,
    split: report.split.name,
    primary: report.primary,
    unit: report.verdict.unit,
    units: report.verdict.units,
    testRows,
  };
}

function foldedSet(folds: readonly JudgedCell[]): StudySet {
  const [first] = folds, [report] = first.reports;
  const sum = (of: (judged: JudgedCell) => number) => folds.reduce((all, result) => all + of(result), 0);
  return {
    ...setOf(first),
    // "cell-folds, fold 3 of 10, seed 42" without the fold.
    split: report.split.name.replace(/fold \d+ of (\d+)/, "$1 folds"),
    units: sum(({ reports: [one] }) => one.verdict.units),
    testRows: sum(({ testRows }) => testRows),
    folds: folds.length,
  };
}

/** Every model as it is judged, then baselines, controls and ceiling once. */
function rowsOf(
  { names, roles, reports, strata, source: { data } }: JudgedCell,
  cell: StudyCell,
): StudyRow[] {
  const common = { data, split: reports[0].split.name };
  const models = reports.map((report, at): StudyRow => {
    const { verdict, predictions: [own] } = report;
    const [low, high] = verdict.interval ?? [null, null];
    const scores = scoresOf(own);
    return {
      ...common,
      ...scores,
      model: namesOf(cell)[at],
      ...(roles[at] === "baseline" ? { free: true } : {}),
      seeds: verdict.seeds,
      lead: { value: verdict.lead, low, high, against: verdict.against },
      ...(strata ? { strata: strata[at] } : {}),
      standing: verdict.standing,
      drugMatters: verdict.drugMatters,
    };
  });
  const others = reports[0].predictions.filter(({ name, role }) => role !== "model" && !names.includes(name));
  // A control was made with every seed of its model; what costs nothing once.
  const seedsOf = ({ deviations }: Scored) => deviations ? Math.max(...models.map(({ seeds }) => seeds)) : 1;
  return [
    ...models,
    ...others.map((score): StudyRow => ({ ...common, ...scoresOf(score), seeds: seedsOf(score) })),
  ];
}

function scoresOf({ name, role, metrics, deviations }: Scored): Pick<StudyRow, "model" | "role" | "metrics"> {
  return {
    model: name,
    role,
    metrics: Object.fromEntries(
      Object.entries(metrics).map(([metric, mean]) => [metric, { mean, sd: deviations?.[metric] ?? null }]),
    ),
  };
}

/** What was trained, one entry a model. */
function variantsOf(cells: readonly StudyCell[]): StudyVariant[] {
  const variants = new Map<string, StudyVariant>();
  for (const { label, model, runs: [run] } of cells.flatMap(({ models }) => models)) {
    const name = label ?? modelNamed(model).title;
    if (!variants.has(name)) variants.set(name, { model: name, description: variantOf(run.config) });
  }
  return [...variants.values()];
}

async function computeOf(tasks: readonly SeriesRun[]): Promise<StudyCompute> {
  const reports = (await Promise.all(tasks.map(({ path }) => readReport(path).catch(() => undefined))))
    .filter((report) => report !== undefined);
  return {
    runs: reports.length,
    trainingSeconds: reports.reduce((sum, { trainingSeconds }) => sum + trainingSeconds, 0),
    adapters: [...new Set(reports.map(({ environment }) => environment.adapter))],
    runtime: reports.at(-1)?.environment.runtime ?? "",
  };
}
