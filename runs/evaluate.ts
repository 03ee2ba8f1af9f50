import { basename, resolve } from "node:path";
import { type Mechanisms, readMechanisms } from "../datasets/evaluation/read_mechanisms.ts";
import { readPredictionFile } from "../datasets/evaluation/prediction_file.ts";
import type { Prediction } from "../datasets/evaluation/types.ts";
import type { ControlName } from "../datasets/layouts/layout.ts";
import { drugIdentities } from "../datasets/identity/drug_identity.ts";
import { Chemistry } from "../datasets/molecules/chemistry.ts";
import { UserError } from "../datasets/user_error.ts";
import type { RunReport } from "../report/run_report.ts";
import { baselinePredictions } from "./predictors.ts";
import { configure, type RunWish } from "./configure.ts";
import { Device } from "./device.ts";
import { environmentOf } from "./environment.ts";
import type { Model } from "../models/model.ts";
import { type PreparedRun, prepareRun } from "./prepare.ts";
import { FinishedRuns } from "./prepare_finished.ts";
import { reportOf, type TrainingFacts } from "./report_of.ts";
import type { RunConfig } from "./run_config.ts";
import { type ScoredRuns, scoreRuns } from "./score_runs.ts";
import { tuningOfRun } from "./tuning.ts";

/** What to put beside one another. */
export interface EvaluationWish {
  /** Another data folder, all rows of which are tested; absent: the runs' own test part. */
  readonly data?: string;
  /** Which controls; absent: all that the layout has. */
  readonly controls?: readonly ControlName[];
  /** Finished runs on the same rows whose models are shown too. */
  readonly beside?: readonly string[];
  /** Prediction files (CSV or Parquet) of models from anywhere. */
  readonly predictions?: readonly string[];
  /** Table of drugs and their mechanisms or targets, for a second interval. */
  readonly clusters?: string;
  /** The command line, for the report. */
  readonly command?: string;
}

/**
 * Scores a run's result beside every free baseline, its controls, other runs and predictions made anywhere.
 *
 * @param run its folder, or the folders of one model's trainings with several seeds.
 * @throws {UserError} when run or data are faulty or have changed, or a run beside was tested on other rows.
 * @example
 * ```ts
 * const report = await evaluateRun("runs/csg2a-skbr3", { predictions: ["mine.csv"] });
 * console.log(report.verdict.standing, report.verdict.interval);
 * ```
 */
export async function evaluateRun(
  run: string | readonly string[],
  wish: EvaluationWish = {},
): Promise<RunReport> {
  return await evaluateModels([typeof run === "string" ? [run] : run], wish);
}

/**
 * As {@link evaluateRun}, for several models on the same rows: the first is judged, each has its own lead and its controls.
 *
 * @param models the trainings of each model, which differ in their seed alone.
 * @example
 * ```ts
 * const report = await evaluateModels([["runs/csg2a/seed-42", "runs/csg2a/seed-43"], ["runs/ridge"]]);
 * ```
 */
export async function evaluateModels(
  models: readonly (readonly string[])[],
  wish: EvaluationWish = {},
): Promise<RunReport> {
  return (await tableOfModels(models, wish)).judge(0);
}

/** The first of the models that is no free baseline, else the first. */
export function firstToJudge(table: ModelTable): number {
  return Math.max(0, table.roles.indexOf("model"));
}

/** Predictions of the same rows by several models, their controls and the free baselines, ready to be judged. */
export interface ModelTable {
  readonly prepared: PreparedRun;
  /** One a model, in their order. */
  readonly names: readonly string[];
  /** One a model: whether it is a free baseline. */
  readonly roles: readonly Model["role"][];
  /** Where a table of them was given. */
  readonly mechanisms?: Mechanisms;
  /** Judges one of the models; the others stand beside it, those that cost nothing as the baselines that they are. */
  judge(place: number): RunReport;
}

/** Everything that {@link evaluateModels} judges by; no device is needed afterwards. */
export async function tableOfModels(
  models: readonly (readonly string[])[],
  wish: EvaluationWish = {},
): Promise<ModelTable> {
  const [[run]] = models;
  const finished = new FinishedRuns(wish.data === undefined ? undefined : resolve(wish.data));
  const prepared = await finished.prepare(run);
  using device = new Device(() => tuningOfRun(run));
  const scored: ScoredRuns[] = [];
  for (const runs of models) scored.push(await scoreRuns(runs, prepared, finished, device, wish.controls));
  for (const other of wish.beside ?? []) {
    scored.push(await scoreRuns([other], prepared, finished, device, []));
  }
  const named = unique(scored);
  // A baseline that is judged itself is not put beside itself.
  const trained = new Set(scored.map(({ name }) => name));
  const { predictions: baselines, notes } = await baselinePredictions(
    prepared,
    prepared.split.test,
    device,
    trained,
  );
  const taken = [...named.flatMap(({ model, controls }) => [model, ...controls]), ...baselines];
  const foreign = await foreignPredictions(wish.predictions ?? [], prepared, taken);
  const clusters = wish.clusters === undefined ? undefined : await mechanismsOf(wish.clusters, prepared);
  const environment = environmentOf(device, wish.command ?? "");
  return {
    prepared,
    names: named.slice(0, models.length).map(({ model }) => model.name),
    ...(clusters ? { mechanisms: clusters } : {}),
    roles: named.slice(0, models.length).map((entry) => entry.prepared.model.role),
    judge(place) {
      const { model, prepared: own, facts } = named[place];
      const others = named.filter((entry) => entry.model !== model);
      return reportOf(
        { ...prepared, config: own.config, model: own.model },
        [
          model,
          ...others.map(beside),
          ...foreign,
          ...baselines,
          ...named.flatMap(({ controls }) => controls),
        ],
        [...named.flatMap((entry) => entry.notes), ...notes],
        { ...facts, environment },
        clusters,
      );
    },
  };
}

/** A run of a free baseline has to be beaten, whoever trained it. */
function beside({ model, prepared }: ScoredRuns): Prediction {
  const { role } = prepared.model;
  return role === "model" || model.role !== "model" ? model : { ...model, role };
}

/**
 * Scores predictions that were made anywhere, without a run: the first is the model, the others stand beside it.
 *
 * @throws {UserError} when a file does not cover the test rows.
 * @example
 * ```ts
 * const report = await evaluatePredictions({ predictions: ["mine.csv"], data: "data/skbr3" });
 * ```
 */
export async function evaluatePredictions(
  { data, ...wish }: Omit<RunWish, "model"> & Omit<EvaluationWish, "data">,
): Promise<RunReport> {
  const files = wish.predictions ?? [];
  if (files.length === 0) {
    throw new UserError("Nothing to evaluate; give a run, or files with --predictions FILE.");
  }
  const prepared = await prepareRun(await configure({ ...wish, data, model: "training-mean" }));
  using device = new Device();
  const baselines = await baselinePredictions(prepared, prepared.split.test, device, new Set());
  const foreign = await foreignPredictions(files, prepared, baselines.predictions);
  const clusters = wish.clusters === undefined ? undefined : await mechanismsOf(wish.clusters, prepared);
  const facts: TrainingFacts = {
    epochs: [],
    bestEpoch: null,
    ownScores: {},
    kernels: [],
    environment: environmentOf(device, wish.command ?? ""),
    trainingSeconds: 0,
    memory: null,
    parameters: 0,
  };
  const report = reportOf(prepared, [...foreign, ...baselines.predictions], baselines.notes, facts, clusters);
  return { ...report, title: `${foreign[0].name} on ${prepared.data.name}`, model: foreign[0].name };
}

async function foreignPredictions(
  files: readonly string[],
  { data, split, config }: Pick<PreparedRun, "data" | "split" | "config">,
  beside: readonly Prediction[],
): Promise<Prediction[]> {
  const predictions: Prediction[] = [];
  const taken = new Set(beside.map(({ name }) => name));
  const identify = files.length > 0 ? await identityOf(config) : {};
  for (const file of files) {
    const name = freeName(basename(file).replace(/(?<=.)\.[^.]+$/, ""), taken);
    taken.add(name);
    predictions.push({
      name,
      role: "model",
      description: `Predictions of ${file}.`,
      values: (await readPredictionFile(file, data, split.test, identify)).values,
    });
  }
  return predictions;
}

/** A file may be called like a baseline, or like a file of another folder. */
function freeName(name: string, taken: ReadonlySet<string>): string {
  let free = name;
  for (let count = 2; taken.has(free); count++) free = `${name} (${count})`;
  return free;
}

async function mechanismsOf(path: string, { data, config }: PreparedRun): Promise<Mechanisms> {
  return await readMechanisms(path, data.drug, await identityOf(config));
}

/** How a file's structures are told to be drugs of the data. */
async function identityOf({ identity }: RunConfig): Promise<{ identify(smiles: string): string }> {
  return { identify: drugIdentities(await Chemistry.load(), identity).of };
}

/** Names are told apart by number where two runs of one model stand beside each other. */
function unique(scored: readonly ScoredRuns[]): ScoredRuns[] {
  const counts = new Map<string, number>();
  return scored.map((entry) => {
    const { name } = entry.model;
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    if (count === 1) return entry;
    const renamed = `${name} (${count})`;
    return {
      ...entry,
      model: { ...entry.model, name: renamed },
      controls: entry.controls.map((control) => ({
        ...control,
        name: control.name.replace(name, renamed),
        of: renamed,
      })),
    };
  });
}
