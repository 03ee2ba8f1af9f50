import {
  meanPearsonPerRow,
  meanSpearmanPerRow,
  meanSquaredError,
  pearsonPerColumn,
  pearsonPooled,
} from "./metrics.ts";
import { meanAbsoluteError, spearman, type Values } from "./metrics.ts";

/** The metrics of one prediction, as they stand in reports. */
export interface MetricSummary {
  /** Mean squared error. */
  readonly mse: number;
  /** Its root. */
  readonly rmse: number;
  /** Mean absolute error. */
  readonly mae: number;
  /** Pearson over all entries at once. */
  readonly pearsonPooled: number;
  /** Mean over profiles of the Pearson within the profile; absent when a row is one number. */
  readonly pearsonPerProfile?: number;
  /** Mean over profiles of the Spearman within the profile; pooled when a row is one number. */
  readonly spearman: number;
}

/** One line of a per-gene or per-drug table. */
export interface GroupMetrics {
  /** Gene symbol, drug or cell line. */
  readonly name: string;
  /** Test rows in the group. */
  readonly rows: number;
  /** Mean squared error. */
  readonly mse: number;
  /** Its root. */
  readonly rmse: number;
  /** Per gene: over rows. Per drug: mean over profiles of the Pearson within the profile, or over rows when a row is one number. */
  readonly pearson: number;
  /** Mean of the predicted values. */
  readonly meanPredicted: number;
  /** Mean of the true values. */
  readonly meanTrue: number;
}

/** All metrics of a rows x columns prediction. `columns` is 1 for ln IC50. */
export function summariseMetrics(predicted: Values, truth: Values, columns: number): MetricSummary {
  const mse = meanSquaredError(predicted, truth);
  return {
    mse,
    rmse: Math.sqrt(mse),
    mae: meanAbsoluteError(predicted, truth),
    pearsonPooled: pearsonPooled(predicted, truth),
    ...(columns > 1 ? { pearsonPerProfile: meanPearsonPerRow(predicted, truth, columns) } : {}),
    spearman: columns > 1 ? meanSpearmanPerRow(predicted, truth, columns) : spearman(predicted, truth),
  };
}

/** One line a gene, in column order. */
export function geneTable(predicted: Values, truth: Values, genes: readonly string[]): GroupMetrics[] {
  const pearson = pearsonPerColumn(predicted, truth, genes.length);
  const rows = truth.length / genes.length;
  return genes.map((name, gene) => {
    let squares = 0, sumPredicted = 0, sumTrue = 0;
    for (let i = gene; i < truth.length; i += genes.length) {
      squares += (predicted[i] - truth[i]) ** 2;
      sumPredicted += predicted[i];
      sumTrue += truth[i];
    }
    return line(name, rows, squares / rows, pearson[gene], sumPredicted / rows, sumTrue / rows);
  });
}

/** One line a group (drug, cell line), in order of first appearance. `groups` has one label a row. */
export function groupTable(
  predicted: Values,
  truth: Values,
  columns: number,
  groups: readonly string[],
): GroupMetrics[] {
  const rowsOf = new Map<string, number[]>();
  groups.forEach((group, row) => {
    const rows = rowsOf.get(group);
    if (rows) rows.push(row);
    else rowsOf.set(group, [row]);
  });
  return [...rowsOf].map(([name, rows]) => {
    const p = takeRows(predicted, rows, columns), t = takeRows(truth, rows, columns);
    const pearson = columns > 1 ? meanPearsonPerRow(p, t, columns) : pearsonPooled(p, t);
    return line(name, rows.length, meanSquaredError(p, t), pearson, mean(p), mean(t));
  });
}

function line(
  name: string,
  rows: number,
  mse: number,
  pearson: number,
  meanPredicted: number,
  meanTrue: number,
): GroupMetrics {
  return { name, rows, mse, rmse: Math.sqrt(mse), pearson, meanPredicted, meanTrue };
}

function takeRows(values: Values, rows: readonly number[], columns: number): Float64Array {
  const taken = new Float64Array(rows.length * columns);
  rows.forEach((row, place) => {
    for (let column = 0; column < columns; column++) {
      taken[place * columns + column] = values[row * columns + column];
    }
  });
  return taken;
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
