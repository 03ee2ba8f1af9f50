import { agreement, error, type Metric } from "./metric.ts";
import type { MetricRow } from "./metric_row.ts";
import { meanSquaredError, pearsonPooled } from "./metrics.ts";
import type { Values } from "./order.ts";

const lists = ["profile", "signature"] as const;

/** The cost of an energy distance grows with the square of the rows. */
const energyRows = 300;

/** The metrics of the genes that truly change most: deg(y, K), the K genes of largest |change|, ties to the lower index. */
export function degMetrics(k: number): Metric[] {
  const deg = ({ truth }: MetricRow) => truth.change.byMagnitude.subarray(0, k);
  const high = (
    name: string,
    title: string,
    short: string,
    perRow: (row: MetricRow) => number,
    scale = false,
  ): Metric => ({
    name: `${name}${k}`,
    title: `${title} on the ${k} genes that change most`,
    short: `${short} top ${k}`,
    ...agreement,
    source: "kg-gat.md 10.2",
    kinds: lists,
    scale,
    needs: "control",
    least: 2 * k,
    perRow,
  });
  return [
    high("overlapDeg", "Overlap of true and predicted changes", "Overlap", ({ change, truth }) => {
      let common = 0;
      for (const gene of change.byMagnitude.subarray(0, k)) {
        if (truth.change.magnitudeRanks[gene] < k) common++;
      }
      return common / k;
    }),
    high("directionDeg", "Share of right directions (zero is its own)", "Direction", (row) => {
      let right = 0;
      for (const gene of deg(row)) {
        if (Math.sign(row.change.values[gene]) === Math.sign(row.truth.change.values[gene])) right++;
      }
      return right / k;
    }),
    high("pearsonDeg", "Pearson of the change", "Pearson", (row) => {
      const genes = deg(row);
      return pearsonPooled(at(row.change.values, genes), at(row.truth.change.values, genes));
    }),
    {
      ...high("mseDeg", "Mean squared error", "MSE", (row) => {
        const genes = deg(row);
        return meanSquaredError(at(row.change.values, genes), at(row.truth.change.values, genes));
      }, true),
      ...error,
      unit: "output squared",
    },
    {
      ...high(
        "pearsonReferenceDeg",
        "Pearson against the training mean",
        "Pearson vs mean",
        (row) => {
          const genes = deg(row);
          return pearsonPooled(at(row.deviation, genes), at(row.truth.deviation, genes));
        },
        true,
      ),
      needs: "training",
    },
  ];
}

/** Metrics that see through an effect that all drugs share (Systema), and those that ask whose profile was predicted. */
export const referenceMetrics: readonly Metric[] = [
  {
    name: "pearsonReference",
    title: "Pearson of the change against the training mean (Systema), mean over rows",
    short: "Pearson vs mean",
    ...agreement,
    source: "kg-gat.md 10.3",
    kinds: lists,
    scale: true,
    needs: "training",
    perRow: ({ deviation, truth }) => pearsonPooled(deviation, truth.deviation),
  },
  {
    name: "wmse",
    title: "Squared error weighted by how far the truth is from the training mean",
    short: "wMSE",
    ...error,
    unit: "output squared",
    source: "kg-gat.md 10.3",
    kinds: lists,
    needs: "training",
    perRow: ({ values, truth }) => {
      const { weights } = truth, y = truth.values.values, p = values.values;
      let sum = 0;
      for (let gene = 0; gene < y.length; gene++) sum += weights[gene] * (p[gene] - y[gene]) ** 2;
      return sum;
    },
  },
  {
    name: "weightedR2",
    title: "R² of the change with the weights of wMSE, mean over rows",
    short: "wR²",
    ...agreement,
    source: "field.md 5: 1 - Σ w (y - p)² / Σ w (y - Σ w y)²",
    kinds: lists,
    scale: true,
    needs: "control",
    perRow: ({ change, truth }) => {
      const { weights } = truth, y = truth.change.values;
      let mean = 0, errors = 0, squares = 0;
      weights.forEach((weight, gene) => mean += weight * y[gene]);
      weights.forEach((weight, gene) => {
        errors += weight * (y[gene] - change.values[gene]) ** 2;
        squares += weight * (y[gene] - mean) ** 2;
      });
      return squares === 0 ? NaN : 1 - errors / squares;
    },
  },
  ...(["l1", "l2", "cosine"] as const).map((distance): Metric => ({
    name: `discrimination${distance === "cosine" ? "Cosine" : distance.toUpperCase()}`,
    title:
      `Discrimination score by ${distance === "cosine" ? "cosine" : distance.toUpperCase()} among true ` +
      "profiles of other drugs in the cell line, mean over rows",
    short: `Discrimination ${distance === "cosine" ? "cosine" : distance.toUpperCase()}`,
    ...agreement,
    source: "kg-gat.md 10.3",
    kinds: lists,
    scale: true,
    perRow: (row) =>
      row.truth.rivals.length === 0 ? NaN : 1 - row.nearer[distance] / (row.truth.rivals.length + 1),
  })),
  {
    name: "centroidAccuracy",
    title:
      "Share of true profiles of other drugs in the cell line that are farther than its own, mean over rows",
    short: "Centroid accuracy",
    ...agreement,
    source: "kg-gat.md 10.3",
    kinds: lists,
    scale: true,
    perRow: ({ nearer, truth: { rivals } }) =>
      rivals.length === 0 ? NaN : (rivals.length - nearer.l2OrEqual) / rivals.length,
  },
  {
    name: "energyDistance",
    title: `Energy distance between predicted and true rows, over at most ${energyRows} evenly spaced rows`,
    short: "Energy distance",
    ...error,
    unit: "output",
    source: "kg-gat.md 10.3",
    kinds: lists,
    pooled: ({ predicted, truth, columns }) => {
      const rows = evenlySpaced(truth.length / columns, energyRows);
      const take = (values: Values) => rows.map((row) => values.slice(row * columns, (row + 1) * columns));
      return energyDistance(take(predicted), take(truth));
    },
  },
];

/** At most `limit` of the numbers 0 .. count - 1, evenly spaced. */
function evenlySpaced(count: number, limit: number): number[] {
  const taken = Math.min(count, limit);
  return Array.from({ length: taken }, (_, place) => Math.floor((place + 0.5) * count / taken));
}

/** 2 E|p - y| - E|p - p'| - E|y - y'| over all ordered pairs, those with themselves included. */
export function energyDistance(predicted: readonly Values[], truth: readonly Values[]): number {
  const mean = (a: readonly Values[], b: readonly Values[]) => {
    let sum = 0;
    for (const x of a) {
      for (const y of b) {
        let squares = 0;
        for (let i = 0; i < x.length; i++) squares += (x[i] - y[i]) ** 2;
        sum += Math.sqrt(squares);
      }
    }
    return sum / (a.length * b.length);
  };
  return 2 * mean(predicted, truth) - mean(predicted, predicted) - mean(truth, truth);
}

function at(values: ArrayLike<number>, genes: Uint32Array): Float64Array {
  const taken = new Float64Array(genes.length);
  for (let k = 0; k < genes.length; k++) taken[k] = values[genes[k]];
  return taken;
}
