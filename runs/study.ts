import type { Scored } from "../datasets/evaluation/types.ts";
import { writeFileAtomic } from "../host/write_file_atomic.ts";
import { modelNamed } from "../models/registry.ts";
import type { RunReport } from "../report/run_report.ts";
import { renderStudyPage } from "../report/study_page.ts";
import type { StudyReport, StudyRow, StudySet } from "../report/study_report.ts";
import { studyTable } from "../report/text/study_table.ts";
import { markdownText } from "../report/kit/text_table.ts";
import { configure, type RunWish } from "./configure.ts";
import { csvTable } from "./csv_table.ts";
import { type EvaluationWish, type ModelTable, tableOfModels } from "./evaluate.ts";
import { seedRuns, type SeriesRun, trainSeries } from "./series.ts";
import type { SplitWish } from "./split_wish.ts";
import type { TrainOptions } from "./train.ts";

/** Data sets x splits x models x seeds. */
export interface StudyWish {
  /** Folders, or the simulator. */
  readonly data: readonly NonNullable<RunWish["data"]>[];
  /** Rules by which rows are held out. */
  readonly splits: readonly SplitWish[];
  /** What each model is trained with; models that do not take the layout of a data set are left out there, and said. */
  readonly models: readonly Omit<RunWish, "data" | "split">[];
  /** Trainings of each model that draws anything. */
  readonly seeds: number;
  /** Folder of all runs and of the study. */
  readonly out: string;
  /** Of the page. */
  readonly title?: string;
}

/** The runs of a study: what is to be trained, in one order that follows from the wish alone. */
export interface StudyPlan {
  /** Data sets under their splits, with the trainings of each model. */
  readonly sets: readonly { readonly models: readonly (readonly SeriesRun[])[] }[];
  /** What is left out, and why. */
  readonly notes: readonly string[];
}

/** Which runs a study needs. */
export async function planStudy(wish: StudyWish): Promise<StudyPlan> {
  const sets: SeriesRun[][][] = [], notes = new Set<string>();
  for (const data of wish.data) {
    const layout = await layoutOf(data, wish.models);
    for (const split of wish.splits) {
      const models: SeriesRun[][] = [];
      for (const model of wish.models) {
        const { title, layouts } = modelNamed(model.model);
        if (!layouts.includes(layout)) {
          notes.add(`${title} does not take the layout ${layout}.`);
          continue;
        }
        const config = await configure({ ...model, layout, data, split });
        const place = `${wish.out}/${nameOf(config.data)}/${config.split.rule}`;
        models.push(seedRuns(config, config.training ? wish.seeds : 1, `${place}/${config.model}`));
      }
      if (models.length > 0) sets.push(models);
    }
  }
  return { sets: sets.map((models) => ({ models })), notes: [...notes] };
}

/**
 * Trains what is missing and puts everything in one table, plainly also where a baseline wins. Stopped and given again it goes on.
 *
 * @throws {StoppedError} when the signal stopped a training; the runs that are done stay.
 * @example
 * ```ts
 * const models = [{ model: "csg2a" }, { model: "ridge" }];
 * const splits = [{ rule: "drug-blind" }, { rule: "random" }];
 * await study({ data: ["data/skbr3"], splits, models, seeds: 5, out: "runs/study" });
 * ```
 */
export async function study(
  wish: StudyWish,
  options: TrainOptions & Pick<EvaluationWish, "clusters"> = {},
): Promise<StudyReport> {
  const { clusters, ...training } = options;
  const plan = await planStudy(wish);
  await trainSeries(plan.sets.flatMap(({ models }) => models.flat()), training);
  return await judgeStudy(wish, plan, { clusters, command: options.command });
}

/** Puts the finished runs of a study in one table, and writes it. */
export async function judgeStudy(
  { out, title }: Pick<StudyWish, "out" | "title">,
  { sets: planned, notes: left }: StudyPlan,
  { clusters, command }: Pick<EvaluationWish, "clusters" | "command"> = {},
): Promise<StudyReport> {
  const sets: StudySet[] = [], rows: StudyRow[] = [], notes = new Set(left);
  for (const { models } of planned) {
    const table = await tableOfModels(models.map((runs) => runs.map(({ path }) => path)), {
      clusters,
      command,
    });
    const reports = models.map((_, at) => table.judge(at));
    sets.push(setOf(table, reports[0]));
    rows.push(...rowsOf(table, reports));
    for (const note of reports[0].notes) {
      notes.add(`${table.prepared.data.name}, ${reports[0].split.name}: ${note}`);
    }
  }
  const report: StudyReport = {
    title: title ?? "Study",
    sets,
    rows,
    notes: [...notes],
    command: command ?? "",
  };
  await writeStudy(out, report);
  return report;
}

/** The layout of a folder by its files, whatever model asks; of simulated data the first that the first model takes. */
async function layoutOf(data: StudyWish["data"][number], [first]: StudyWish["models"]): Promise<string> {
  if (typeof data !== "string" && data.source === "simulator") {
    return first.layout ?? modelNamed(first.model).layouts[0];
  }
  return (await configure({ model: "training-mean", data })).layout;
}

/** Writes `study.html`, `study.md`, `study.csv` and `study.json`. */
async function writeStudy(out: string, report: StudyReport): Promise<void> {
  await writeFileAtomic(`${out}/study.json`, JSON.stringify(report, null, 1) + "\n");
  await writeFileAtomic(`${out}/study.md`, markdownText(studyTable(report)));
  await writeFileAtomic(`${out}/study.csv`, lines(report));
  await writeFileAtomic(`${out}/study.html`, await renderStudyPage(report));
}

function setOf({ prepared: { data, split } }: ModelTable, report: RunReport): StudySet {
  return {
    data: data.name,
    split: report.split.name,
    primary: report.primary,
    unit: report.verdict.unit,
    units: report.verdict.units,
    testRows: split.test.length,
  };
}

/** Every model as it is judged, then baselines, controls and ceiling once. */
function rowsOf({ prepared: { data }, names }: ModelTable, reports: readonly RunReport[]): StudyRow[] {
  const common = { data: data.name, split: reports[0].split.name };
  const models = reports.map((report): StudyRow => {
    const { verdict, predictions: [own] } = report;
    const [low, high] = verdict.interval ?? [null, null];
    return {
      ...common,
      ...scoresOf(own),
      seeds: verdict.seeds,
      lead: { value: verdict.lead, low, high, against: verdict.against },
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

function nameOf(data: { source: string; folder?: string }): string {
  return (data.folder ?? "simulator").replace(/\/+$/, "").split("/").at(-1)!;
}

function lines({ sets, rows }: StudyReport): string[] {
  const metrics = [...new Set(rows.flatMap(({ metrics }) => Object.keys(metrics)))];
  return csvTable(
    rows,
    {
      data: ({ data }) => data,
      split: ({ split }) => split,
      model: ({ model }) => model,
      role: ({ role }) => role,
      seeds: ({ seeds }) => String(seeds),
      test_rows: ({ data, split }) =>
        String(sets.find((set) => set.data === data && set.split === split)?.testRows ?? ""),
      lead: ({ lead }) => lead?.value,
      low: ({ lead }) => lead?.low,
      high: ({ lead }) => lead?.high,
      against: ({ lead }) => lead?.against,
      standing: ({ standing }) => standing,
      drug_matters: ({ drugMatters }) => drugMatters,
    },
    metrics.flatMap((name) => [
      [name, ({ metrics }) => metrics[name]?.mean],
      [`${name}_sd`, ({ metrics }) => metrics[name]?.sd],
    ]),
  );
}
