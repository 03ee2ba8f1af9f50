import { resolve } from "node:path";
import type { Dataset } from "../datasets/dataset.ts";
import { readClusters } from "../datasets/evaluation/clusters.ts";
import { evaluate } from "../datasets/evaluation/evaluate.ts";
import { readPredictionFile } from "../datasets/evaluation/prediction_file.ts";
import type { Prediction } from "../datasets/evaluation/types.ts";
import type { ControlName } from "../datasets/layouts/layout.ts";
import { checksumOfSplit } from "../datasets/splits/split_file.ts";
import { UserError } from "../datasets/user_error.ts";
import type { RunReport } from "../report/run_report.ts";
import { baselinePredictions } from "./baselines.ts";
import { configure, type RunWish } from "./configure.ts";
import { controlPredictions } from "./controls.ts";
import { modelNamed } from "../models/registry.ts";
import { requireSameData } from "./data_record.ts";
import { Device } from "./device.ts";
import { environmentOf } from "./environment.ts";
import { openPredictor } from "./open_predictor.ts";
import { onOtherData } from "./other_data.ts";
import { ownPrediction } from "./own_prediction.ts";
import { type PreparedRun, prepareRun } from "./prepare.ts";
import { readConfig } from "./read_config.ts";
import { readReport } from "./read_report.ts";
import { reportOf, trainedValues } from "./report_of.ts";
import { genesToFollow } from "./run_genes.ts";
import { resultParameters } from "./take_parameters.ts";
import { tuningOfRun } from "./tuning.ts";

/** What to put beside one another. */
export interface EvaluationWish {
  /** Another data folder, all rows of which are tested; absent: the run's own test part. */
  readonly data?: string;
  /** Controls of the first run; absent: all that its layout has. */
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
 * @throws {UserError} when run or data are faulty or have changed, or a run beside was tested on other rows.
 * @example
 * ```ts
 * const report = await evaluateRun("runs/csg2a-skbr3", { predictions: ["mine.csv"] });
 * console.log(report.verdict.standing, report.verdict.interval);
 * ```
 */
export async function evaluateRun(run: string, wish: EvaluationWish = {}): Promise<RunReport> {
  const config = await readConfig(run);
  const state = await resultParameters(run);
  const genes = await genesToFollow(run, config.from);
  const own = await prepareRun(config, genes);
  await requireSameData(run, own.data);
  const prepared = wish.data === undefined ? own : await onOtherData(own, resolve(wish.data), genes);
  const rows = prepared.split.test;
  const kept = await readReport(run).catch(() => undefined);
  using device = new Device(await tuningOfRun(run));
  await using predictor = await openPredictor(prepared, prepared.shown, device);
  predictor.restore(state);
  const model = ownPrediction(prepared, await predictor.predict(rows));
  const controls = await controlPredictions(prepared, rows, state, device, wish.controls);
  const beside = await Promise.all((wish.beside ?? []).map((other) => predictionOfRun(other, prepared)));
  return await judged(prepared, [model], [...controls.predictions, ...beside], controls.notes, device, wish, {
    epochs: kept?.epochs ?? [],
    bestEpoch: kept?.bestEpoch ?? null,
    ...(kept?.chosen ? { chosen: kept.chosen } : {}),
    ownScores: await predictor.ownScores?.(rows) ?? {},
    kernels: kept?.kernels ?? [],
    trainingSeconds: kept?.trainingSeconds ?? 0,
    memory: predictor.memory?.() ?? null,
    parameters: trainedValues(state),
  });
}

/**
 * Scores predictions that were made anywhere, without a run: the first is the model, the others stand beside it.
 *
 * @throws {UserError} when a file does not cover the test rows.
 */
export async function evaluatePredictions(
  wish: Omit<RunWish, "model"> & EvaluationWish & { readonly data?: RunWish["data"] },
): Promise<RunReport> {
  const files = wish.predictions ?? [];
  if (files.length === 0) throw new UserError("Nothing to evaluate; give a run, or files with --predictions FILE.");
  const prepared = await prepareRun(await configure({ ...wish, model: "training-mean" }));
  using device = new Device();
  const foreign = await foreignPredictions(files, prepared);
  const beside = await Promise.all((wish.beside ?? []).map((other) => predictionOfRun(other, prepared)));
  const report = await judged(prepared, foreign, beside, [], device, { ...wish, predictions: [] }, {
    epochs: [],
    bestEpoch: null,
    ownScores: {},
    kernels: [],
    trainingSeconds: 0,
    memory: null,
    parameters: 0,
  });
  return { ...report, title: `${foreign[0].name} on ${prepared.data.name}`, model: foreign[0].name };
}

/** What another run said of the same test rows: a model beside, or a control where an input of it was disturbed. */
export async function predictionOfRun(run: string, prepared: PreparedRun): Promise<Prediction> {
  const config = await readConfig(run);
  const report = await readReport(run);
  const { data, split } = prepared;
  const checksum = checksumOfSplit(data, split);
  if (report.split.checksum !== checksum) {
    throw new UserError(
      `${run} was tested on "${report.split.name}" (${report.counts.test} rows), expected the rows of "${split.name}" ` +
        `(${split.test.length}); put only runs on the same data and split beside each other.`,
    );
  }
  await requireSameData(run, data);
  const values = await readPredictionFile(`${run}/predictions.csv`, { data, rows: split.test });
  const own = ownPrediction({ model: modelNamed(config.model), config }, values);
  return config.control === null
    ? { ...own, name: `${own.name} of ${run}` }
    : { ...own, name: `${own.name}, retrained`, role: "control", control: config.control };
}

async function judged(
  prepared: PreparedRun,
  models: readonly Prediction[],
  others: readonly Prediction[],
  notes: readonly string[],
  device: Device,
  wish: EvaluationWish,
  facts: Omit<Parameters<typeof reportOf>[2], "environment">,
): Promise<RunReport> {
  const { data, split, config } = prepared;
  const rows = split.test;
  const baselines = await baselinePredictions(prepared, rows, device, config.model);
  const foreign = await foreignPredictions(wish.predictions ?? [], prepared);
  const evaluation = evaluate({
    data,
    rows,
    train: split.train,
    unit: split.unit ?? "drug",
    predictions: [...models, ...foreign, ...baselines.predictions, ...others],
    ...(wish.clusters === undefined ? {} : { clusters: await readClusters(wish.clusters, data) }),
  });
  return reportOf(prepared, { ...evaluation, notes: [...evaluation.notes, ...notes, ...baselines.notes] }, {
    ...facts,
    environment: environmentOf(device, wish.command ?? ""),
  });
}

async function foreignPredictions(files: readonly string[], { data, split }: { data: Dataset; split: PreparedRun["split"] }) {
  const predictions: Prediction[] = [];
  for (const file of files) {
    predictions.push({
      name: file.split("/").at(-1)!.replace(/\.[^.]+$/, ""),
      role: "model",
      description: `Predictions of ${file}.`,
      values: await readPredictionFile(file, { data, rows: split.test }),
    });
  }
  return predictions;
}
