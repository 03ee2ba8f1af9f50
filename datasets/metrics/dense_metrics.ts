import { agreement, error, type Metric } from "./metric.ts";
import {
  meanAbsoluteError,
  meanSquaredError,
  pearsonPooled,
  rootMeanSquaredError,
  spearman,
} from "./metrics.ts";
import type { Values } from "./order.ts";

const anyKind = ["profile", "signature", "response"] as const;
const lists = ["profile", "signature"] as const;

/** Two points always lie on a line. */
const fewestRows = 3;

/** 1 - Σ (y - p)² / Σ (y - ȳ)²; NaN for a constant truth. */
export function rSquared(predicted: Values, truth: Values): number {
  let mean = 0, errors = 0, squares = 0;
  for (let i = 0; i < truth.length; i++) mean += truth[i] / truth.length;
  for (let i = 0; i < truth.length; i++) {
    errors += (truth[i] - predicted[i]) ** 2;
    squares += (truth[i] - mean) ** 2;
  }
  return squares === 0 ? NaN : 1 - errors / squares;
}

/** Σ y p / sqrt(Σ y² Σ p²); 0 when either is zero. */
function cosineSimilarity(predicted: Values, truth: Values): number {
  let pp = 0, tt = 0, pt = 0;
  for (let i = 0; i < truth.length; i++) {
    pp += predicted[i] ** 2;
    tt += truth[i] ** 2;
    pt += predicted[i] * truth[i];
  }
  return pp === 0 || tt === 0 ? 0 : pt / Math.sqrt(pp * tt);
}

/** Errors and correlations over all genes of a row, or over all rows of a response. */
export const denseMetrics: readonly Metric[] = [
  {
    name: "mse",
    title: "Mean squared error",
    short: "MSE",
    ...error,
    unit: "output squared",
    source: "kg-gat.md 10.1",
    kinds: anyKind,
    perRow: ({ values, truth }) => meanSquaredError(values.values, truth.values.values),
  },
  {
    name: "rmse",
    title: "Root mean squared error over all entries",
    short: "RMSE",
    ...error,
    unit: "output",
    source: "badger.md 1.1",
    kinds: anyKind,
    pooled: ({ predicted, truth }) => rootMeanSquaredError(predicted, truth),
  },
  {
    name: "mae",
    title: "Mean absolute error",
    short: "MAE",
    ...error,
    unit: "output",
    source: "kg-gat.md 10.1",
    kinds: anyKind,
    perRow: ({ values, truth }) => meanAbsoluteError(values.values, truth.values.values),
  },
  {
    name: "r2",
    title: "R² within a row, mean over rows",
    short: "R²",
    ...agreement,
    source: "kg-gat.md 10.1",
    kinds: lists,
    scale: true,
    perRow: ({ values, truth }) => rSquared(values.values, truth.values.values),
  },
  {
    name: "pearson",
    title: "Pearson within a row, mean over rows",
    short: "Pearson",
    ...agreement,
    source: "kg-gat.md 10.1",
    kinds: lists,
    scale: false,
    perRow: ({ values, truth }) => pearsonPooled(values.values, truth.values.values),
  },
  {
    name: "spearman",
    title: "Spearman within a row, mean over rows",
    short: "Spearman",
    ...agreement,
    source: "kg-gat.md 10.1",
    kinds: lists,
    scale: false,
    perRow: ({ values, truth }) => pearsonPooled(values.averageRanks, truth.values.averageRanks),
  },
  {
    name: "pearsonPooled",
    title: "Pearson over all entries at once",
    short: "Pearson, pooled",
    ...agreement,
    source: "kg-gat.md 10.1",
    kinds: anyKind,
    // Rows may be scaled differently, but one factor for all changes nothing.
    scale: false,
    pooled: ({ predicted, truth }) => pearsonPooled(predicted, truth),
  },
  {
    name: "spearmanPooled",
    title: "Spearman over all rows",
    short: "Spearman",
    ...agreement,
    source: "field.md 5",
    kinds: ["response"],
    scale: false,
    pooled: ({ predicted, truth }) => spearman(predicted, truth),
  },
  {
    name: "r2Pooled",
    title: "R² over all rows",
    short: "R²",
    ...agreement,
    source: "field.md 5",
    kinds: ["response"],
    scale: true,
    pooled: ({ predicted, truth }) => rSquared(predicted, truth),
  },
  {
    name: "pearsonDelta",
    title: "Pearson of the change against the control within a row, mean over rows",
    short: "Pearson Δ",
    ...agreement,
    source: "kg-gat.md 10.1",
    kinds: lists,
    scale: false,
    needs: "control",
    perRow: ({ change, truth }) => pearsonPooled(change.values, truth.change.values),
  },
  {
    name: "cosineDelta",
    title: "Cosine of the change against the control, mean over rows",
    short: "Cosine Δ",
    ...agreement,
    source: "kg-gat.md 10.1",
    kinds: lists,
    scale: false,
    needs: "control",
    perRow: ({ change, truth }) => cosineSimilarity(change.values, truth.change.values),
  },
  ...(["drug", "cell"] as const).flatMap((unit): Metric[] => {
    const group = unit === "drug" ? "Drug" : "Cell", word = unit === "drug" ? "drug" : "cell line";
    const correlation = (name: string, title: string, of: (p: Values, t: Values) => number): Metric => ({
      name: `${name}Per${group}`,
      title: `${title} over the rows of a ${word}, mean over ${word}s of at least ${fewestRows} rows`,
      short: `${title} per ${unit}`,
      ...agreement,
      source: "field.md 5",
      kinds: ["response"],
      scale: false,
      pooled: (table) =>
        meanOverGroups(table.predicted, table.truth, unit === "drug" ? table.drugOf : table.cellOf, of),
    });
    return [correlation("pearson", "Pearson", pearsonPooled), correlation("spearman", "Spearman", spearman)];
  }),
];

function meanOverGroups(
  predicted: Values,
  truth: Values,
  groupOf: ArrayLike<number>,
  of: (predicted: Values, truth: Values) => number,
): number {
  const groups = new Map<number, { p: number[]; t: number[] }>();
  for (let row = 0; row < truth.length; row++) {
    let group = groups.get(groupOf[row]);
    if (!group) groups.set(groupOf[row], group = { p: [], t: [] });
    group.p.push(predicted[row]);
    group.t.push(truth[row]);
  }
  let sum = 0, count = 0;
  for (const { p, t } of groups.values()) {
    if (t.length < fewestRows) continue;
    sum += of(p, t);
    count++;
  }
  return count === 0 ? NaN : sum / count;
}
