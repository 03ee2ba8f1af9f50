import type { Baseline } from "../datasets/baselines/baseline.ts";
import { finetuningBaselines } from "../datasets/baselines/finetuning_baselines.ts";
import {
  geneTable,
  type GroupMetrics,
  groupTable,
  summariseMetrics,
} from "../datasets/metrics/metric_tables.ts";
import { pretrainingBaselines } from "../datasets/baselines/pretraining_baselines.ts";
import { selectMatrixRows } from "../datasets/readers/select_rows.ts";
import type { Split } from "../datasets/types.ts";
import { densityOf } from "./report/density.ts";
import type { PartScore, ReportData, Score } from "./report/report_data.ts";
import { verdictOf } from "./report/verdict.ts";
import { outputsOf, targetOf, type TrainingData } from "./prepare_run.ts";

/** What the test part says about a model: the part of a report that predictions alone determine. */
export type RunScores = Pick<ReportData, "ranking" | "scores" | "density" | "drugs" | "genes">;

/** Two points always lie on a line. */
const leastPoints = 3;

/** Predictions of the test rows under a name. */
export interface NamedPrediction {
  readonly name: string;
  readonly description: string;
  readonly prediction: Float32Array;
}

/**
 * Scores a model on the test rows beside every free baseline, whoever wins.
 *
 * @param controls further predictions of the same model, its drug input disturbed
 */
export function scoreRun(
  data: TrainingData,
  split: Split,
  model: NamedPrediction,
  controls: readonly NamedPrediction[] = [],
): RunScores {
  const outputs = outputsOf(data);
  const truth = selectMatrixRows(targetOf(data), outputs, split.test);
  const baselines = data.kind === "pretraining"
    ? pretrainingBaselines(data, split)
    : finetuningBaselines(data, split);
  const scored = (entry: NamedPrediction, role: Score["role"], coincidesWith?: string): Score => ({
    name: entry.name,
    description: entry.description,
    role,
    ...(coincidesWith ? { coincidesWith } : {}),
    ...summariseMetrics(entry.prediction, truth, outputs),
  });
  const scores = [
    scored(model, "model"),
    ...baselines.map((baseline) => scored(baseline, roleOf(baseline), baseline.coincidesWith)),
    ...controls.map((control) => scored(control, "control")),
  ];
  const ranking = data.kind === "pretraining" ? "mse" : "rmse";
  const best = verdictOf({ scores, ranking }).best.name;
  const comparator = baselines.find(({ name }) => name === best)!.prediction;

  const drugLabels = Array.from(split.test, (row) => data.samples.drugNames[data.samples.drugOfRow[row]]);
  const byDrug = (predicted: Float32Array) => groupTable(predicted, truth, outputs, drugLabels);
  const genes = data.kind === "pretraining" && split.test.length > 1 ? data.genes : undefined;
  return {
    ranking,
    scores,
    density: densityOf(model.prediction, truth),
    drugs: paired(byDrug(model.prediction), byDrug(comparator), outputs > 1 ? 1 : leastPoints),
    genes: genes
      ? paired(geneTable(model.prediction, truth, genes), geneTable(comparator, truth, genes), leastPoints)
      : [],
  };
}

/** What a baseline is to the reader: something to beat, something meant to be bad, or what replicates allow. */
function roleOf({ role }: Baseline): Score["role"] {
  return role === "ceiling" ? "ceiling" : role === "negative control" ? "negative" : "baseline";
}

/** Model and baseline side by side; a correlation over fewer rows than `leastRows` says nothing. */
export function paired(
  model: readonly GroupMetrics[],
  baseline: readonly GroupMetrics[],
  leastRows: number,
): PartScore[] {
  return model.map(({ name, rows, mse, pearson }, place) => ({
    name,
    rows,
    mse,
    baselineMse: baseline[place].mse,
    pearson: rows >= leastRows ? pearson : null,
  }));
}
