import { writePredictionFile } from "../datasets/evaluation/prediction_file.ts";
import type { FitOutcome, Predictor } from "../models/model.ts";
import type { RunStore } from "../models/run_store.ts";
import type { KernelTime, RunReport } from "../report/run_report.ts";
import { baselinePredictions, controlPredictions, ownPrediction } from "./predictors.ts";
import type { Device } from "./device.ts";
import { environmentOf } from "./environment.ts";
import type { PreparedRun } from "./prepare.ts";
import { epochLines } from "./read_report.ts";
import { reportOf, trainedValues } from "./report_of.ts";
import { writeReport } from "./write_report.ts";

/** A fitted run and what is known of it. */
export interface FittedRun {
  readonly path: string;
  readonly prepared: PreparedRun;
  /** With the result's parameters in place. */
  readonly predictor: Predictor;
  readonly device: Device;
  readonly store: RunStore;
  readonly outcome: FitOutcome;
  readonly kernels: readonly KernelTime[];
  readonly command: string;
  readonly trainingSeconds: number;
  readonly memory: RunReport["memory"];
  note?(line: string): void;
}

/** Tests a fitted run beside all free baselines and its controls, and writes predictions, tables, `results.json`, the page. */
export async function finishRun(run: FittedRun): Promise<RunReport> {
  const { path, prepared, predictor, device, store, outcome } = run;
  const { model, data, config, split: { test: rows } } = prepared;
  const values = await predictor.predict(rows);
  await writePredictionFile(`${path}/predictions.csv`, data, rows, values);
  const state = await predictor.state();
  run.note?.(`Testing ${rows.length} rows beside every free baseline`);
  const baselines = await baselinePredictions(prepared, rows, device, new Set([model.name]));
  const controls = await controlPredictions(prepared, rows, state, device);
  const predictions = [ownPrediction(prepared, values), ...baselines.predictions, ...controls.predictions];
  const report = reportOf(prepared, predictions, [...controls.notes, ...baselines.notes], {
    epochs: outcome.bestEpoch === null ? [] : await epochLines(path),
    bestEpoch: outcome.bestEpoch,
    ...(outcome.chosen ? { chosen: outcome.chosen } : {}),
    ownScores: await predictor.ownScores?.(rows) ?? {},
    kernels: run.kernels,
    environment: environmentOf(device, run.command),
    trainingSeconds: run.trainingSeconds,
    memory: run.memory,
    parameters: trainedValues(state),
  });
  if (config.training) {
    const [{ metrics: scores }] = report.predictions;
    store.record({ type: "test", epoch: outcome.bestEpoch ?? 0, rows: rows.length, scores });
    await store.flush();
  }
  await writeReport(path, report);
  return report;
}
