import { UserError } from "../datasets/user_error.ts";
import { writeFileAtomic } from "../host/write_file_atomic.ts";
import type { RunConfig } from "../models/run_config.ts";
import type { RunStore } from "../models/run_store.ts";
import type { TrainOutcome } from "../models/train_loop.ts";
import type { EpochLine, MetricsLine } from "../models/train_record.ts";
import type { NamedTensors, TrainingTask } from "../models/training_task.ts";
import type { PreparedRun } from "./prepare_run.ts";
import { renderReport } from "./report/render_report.ts";
import type { Environment, KernelTime, ReportData } from "./report/report_data.ts";
import { modelScore, verdictOf } from "./report/verdict.ts";
import { scoreRun } from "./score_run.ts";
import { writePartScores, writePredictions } from "./write_tables.ts";

/** A trained run and what is known of it. */
export interface TrainedRun {
  readonly path: string;
  readonly config: RunConfig;
  readonly prepared: PreparedRun;
  readonly task: TrainingTask;
  readonly store: RunStore;
  readonly trained: TrainOutcome;
  readonly kernels: readonly KernelTime[];
  readonly notes: readonly string[];
  readonly environment: Environment;
  readonly trainingSeconds: number;
}

/** Tests the result of a finished training and writes predictions, tables, `results.json` and the report. */
export async function finishRun(run: TrainedRun): Promise<ReportData> {
  const { path, config, prepared, task, store, trained } = run;
  const { data, split } = prepared;
  const parameters = trained.result!;
  task.restore(parameters);
  const prediction = await task.predict(split.test);
  const scores = scoreRun(data, split, { name: "CSG2A", description: modelText(config), prediction });
  await writePredictions(`${path}/predictions.csv`, data, split.test, prediction);

  const bestEpoch = trained.state.best!.epoch;
  const { mse, rmse, mae, pearsonPooled, pearsonPerProfile, spearman } = modelScore(scores);
  store.record({
    type: "test",
    epoch: bestEpoch,
    rows: split.test.length,
    scores: {
      mse,
      rmse,
      mae,
      pearsonPooled,
      ...(pearsonPerProfile === undefined ? {} : { pearsonPerProfile }),
      spearman,
    },
  });
  await store.flush();
  const report: ReportData = {
    title: titleOf(config),
    stage: config.stage,
    splitName: split.name,
    counts: countsOf(prepared),
    ...scores,
    epochs: await epochLines(path),
    bestEpoch,
    kernels: run.kernels,
    environment: run.environment,
    trainingSeconds: run.trainingSeconds,
    memory: task.memory(),
    parameters: trainedValues(parameters),
    notes: run.notes,
    config,
  };
  await writeReport(path, report);
  return report;
}

/** Writes `report.html`, `results.json` and the complete tables per drug and per gene. */
export async function writeReport(path: string, report: ReportData): Promise<void> {
  const baseline = verdictOf(report).best.name;
  await writePartScores(`${path}/per_drug.csv`, "drug", baseline, report.drugs);
  if (report.genes.length > 0) await writePartScores(`${path}/per_gene.csv`, "gene", baseline, report.genes);
  await writeFileAtomic(`${path}/results.json`, JSON.stringify(report, null, 1) + "\n");
  await writeFileAtomic(`${path}/report.html`, await renderReport(report));
}

/** "CSG2A on skbr3". */
export function titleOf(config: RunConfig): string {
  const { data } = config;
  const name = data.source === "simulator"
    ? "the simulator"
    : data.folder.replace(/\/+$/, "").split("/").at(-1);
  return `CSG2A on ${name}`;
}

/** The model's switches that matter most, as a line of a table. */
export function modelText({ model, molecules, preset }: RunConfig): string {
  const block = model.plainLinear ? "plain linear" : model.variant;
  const control = molecules.drug === "intact" ? "" : `, drug ${molecules.drug}`;
  return `${block}, MAT ${model.mat.layers} × ${model.mat.width}, preset ${preset}${control}.`;
}

/** Sizes of the parts and of the data. */
export function countsOf({ data, split }: PreparedRun): ReportData["counts"] {
  const { samples, genes } = data;
  return {
    train: split.train.length,
    validation: split.validation.length,
    test: split.test.length,
    drugs: samples.drugs.length,
    cells: samples.cells ? new Set(samples.cells).size : null,
    genes: genes.length,
  };
}

/** The epochs of a run, as its `metrics.jsonl` tells them. @throws {UserError} naming the line that is damaged */
export async function epochLines(path: string): Promise<EpochLine[]> {
  const text = await Deno.readTextFile(`${path}/metrics.jsonl`);
  const lines: MetricsLine[] = text.trimEnd().split("\n").map((line, index) => {
    try {
      return JSON.parse(line);
    } catch (error) {
      throw new UserError(
        `${path}/metrics.jsonl, line ${index + 1}: not JSON (${
          (error as Error).message
        }); the file was damaged ` +
          "after it was written, so restore it, or start the run anew with --force.",
      );
    }
  });
  return lines.filter((line) => line.type === "epoch");
}

/** Parameters, without running statistics. */
export function trainedValues(tensors: NamedTensors): number {
  const own = [...tensors].filter(([key]) => !/\.(running_mean|running_var|num_batches_tracked)$/.test(key));
  return own.reduce((sum, [, tensor]) => sum + tensor.data.length, 0);
}
