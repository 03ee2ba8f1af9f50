import type { Dataset, Key } from "../dataset.ts";
import { pearsonPooled } from "../metrics/metrics.ts";
import type { PredictionScores } from "./score_predictions.ts";
import type { PartScore } from "./types.ts";

/** Two points always lie on a line. */
const fewestRows = 3;

/** Model and best baseline on the rows of each drug or cell line, in order of first appearance. */
export function partsByKey(
  data: Dataset,
  rows: Uint32Array,
  key: Key,
  model: PredictionScores,
  baseline: PredictionScores,
  structures?: readonly string[],
): PartScore[] {
  const columns = data.outputs.names.length;
  const truth = columns === 1 ? data.truth!.take(rows) : undefined;
  const places = Map.groupBy(rows.keys(), (place) => key.of[rows[place]]);
  return [...places].map(([unit, group]) => {
    const mean = (perRow: Float64Array) =>
      group.reduce((sum, place) => sum + perRow[place], 0) / group.length;
    const pearson = ({ perRow, trainings }: PredictionScores) =>
      truth ? meanPearson(trainings, truth, group) : mean(perRow.pearson);
    return {
      name: key.names[unit],
      rows: group.length,
      mse: mean(model.perRow.mse),
      baselineMse: mean(baseline.perRow.mse),
      pearson: pearson(model),
      baselinePearson: pearson(baseline),
      ...(structures?.[unit] ? { smiles: structures[unit] } : {}),
    };
  });
}

/** The same for each gene, over rows; empty where there is one output or one row. */
export function partsByGene(
  data: Dataset,
  rows: Uint32Array,
  model: PredictionScores,
  baseline: PredictionScores,
): PartScore[] {
  const { names } = data.outputs;
  const columns = names.length;
  if (columns === 1 || rows.length < 2) return [];
  const truth = data.truth!.take(rows);
  return names.map((name, gene) => {
    const places = Array.from(rows, (_, place) => place * columns + gene);
    const mse = ({ trainings }: PredictionScores) => {
      let sum = 0;
      for (const values of trainings) for (const at of places) sum += (values[at] - truth[at]) ** 2;
      return sum / (trainings.length * places.length);
    };
    return {
      name,
      rows: rows.length,
      mse: mse(model),
      baselineMse: mse(baseline),
      pearson: meanPearson(model.trainings, truth, places),
      baselinePearson: meanPearson(baseline.trainings, truth, places),
    };
  });
}

function meanPearson(
  trainings: readonly Float32Array[],
  truth: Float32Array,
  places: readonly number[],
): number | null {
  if (places.length < fewestRows) return null;
  const at = (values: Float32Array) => Float64Array.from(places, (place) => values[place]);
  const own = at(truth);
  return trainings.reduce((sum, values) => sum + pearsonPooled(at(values), own), 0) / trainings.length;
}
