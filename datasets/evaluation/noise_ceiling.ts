import type { Dataset, Matrix } from "../dataset.ts";
import type { Prediction } from "./types.ts";

/** What replicates say about the error that nobody can avoid. */
export interface NoiseCeiling {
  /** Noise variance of one measurement, one an output. */
  readonly variance: Float64Array;
  /** Conditions with at least two replicates that it was estimated from. */
  readonly conditions: number;
  /** Replicates beyond the first of their conditions: what the estimate rests on. */
  readonly degreesOfFreedom: number;
  /** Of the noise-free mean as a prediction, by the names of the registry; only where that is defined. */
  readonly metrics: Readonly<Record<string, number>>;
  /** For tables. */
  readonly description: string;
}

/** Where the noise is looked for. */
export interface NoiseCeilingOptions {
  /** Measurements that each row of the truth is the mean of, one a row of the data; absent: 1. */
  readonly replicatesOfRow?: ArrayLike<number>;
}

/** Other replicates that a row is compared with: controls of a plate may have thousands. */
const mostOthers = 20;

/** Fewest degrees of freedom that an estimate rests on: each is one number a gene, but only one number of a response. */
function fewestDegrees(columns: number): number {
  return columns > 1 ? 5 : 20;
}

/**
 * The error of the noise-free mean of each condition, from replicates: what a perfect model would still get.
 *
 * With x_i the rows of a condition, each the mean of m_i measurements, Σ m_i (x_i - x̄)² / (n - 1), x̄ weighted by m_i, is an
 * unbiased estimate of the variance s² of one measurement, pooled over conditions by their n - 1; rows that repeat another of their
 * condition value by value are no replicates. The least reachable squared error of row i is s² / m_i. Where the evaluated rows have
 * replicates themselves, their own noise is estimated, as rows differ in it: the mean over rows of (y - r)(y - ȳ'), ȳ' the mean of the
 * other replicates and r that of the evaluated rows, in which only the noise of y itself does not cancel; over whole conditions it is
 * the pooled variance. So
 *
 * - mse is the mean of these over the evaluated rows, rmse its root;
 * - over the rows of a response, v the unbiased variance of its truth, r2Pooled = 1 - mse n / ((n - 1) v) and pearsonPooled =
 *   sqrt(1 - mse / v): the noise is independent of the mean, so that var(mean) = cov(mean, y) = v - mse.
 *
 * Within rows the noise may differ from row to row, so it is not pooled. With c_i the mean covariance over genes of row i and its other
 * replicates, whose noise is independent, c_i estimates the variance of the mean, and its squared correlation with the row is c_i / v_i.
 *
 * - pearson = sqrt of the mean of c_i / v_i over rows with replicates: what the mean of the correlations cannot exceed (Jensen), and
 *   without the bias of a root of each row. pearsonDelta alike with changes against the control of row i.
 * - r2 = mean of c_i / v_i - b_i n / ((n - 1) v_i), b_i the variance between replicates of their mean over n genes: what a shift of a
 *   whole row adds to its error.
 *
 * They are given where at least half of the rows have replicates. All other metrics have none. A model may pass a ceiling by
 * chance; one that passes it clearly has seen the replicates.
 *
 * @param rows the evaluated rows.
 * @returns undefined where no condition has two replicates, or they do not differ.
 */
export function noiseCeiling(
  data: Dataset,
  rows: Uint32Array,
  { replicatesOfRow }: NoiseCeilingOptions = {},
): NoiseCeiling | undefined {
  const { truth, outputs: { kind, names } } = data;
  if (!truth) return undefined;
  const measurements = (row: number) => replicatesOfRow?.[row] ?? 1;
  const columns = names.length, fewest = fewestDegrees(columns);
  const all = replicateGroups(data);
  const evaluated = new Set(Array.from(rows, (row) => data.condition[row]));
  const own = all.filter(([row]) => evaluated.has(data.condition[row]));
  const ofOwn = pooledVariance(truth, own, measurements);
  const enough = ofOwn.degreesOfFreedom >= fewest;
  const noise = enough ? ofOwn : pooledVariance(truth, all, measurements);
  if (noise.degreesOfFreedom < fewest || noise.variance.every((s) => s === 0)) return undefined;
  const s = mean(Array.from(noise.variance));
  const ofRow = enough ? rowNoise(truth, rows, own) : new Map<number, number>();
  const mse = mean(Array.from(rows, (row) => ofRow.get(row) ?? s / measurements(row)));
  if (!(mse > 0)) return undefined;
  const metrics: Record<string, number> = { mse, rmse: Math.sqrt(mse) };
  const put = (name: string, value: number) => Number.isFinite(value) && (metrics[name] = value);
  if (kind === "response") {
    const y = truth.take(rows), v = covariance(y, y);
    put("r2Pooled", 1 - mse * rows.length / (v * (rows.length - 1)));
    put("pearsonPooled", Math.sqrt(Math.max(0, 1 - mse / v)));
  } else {
    const within = rowCeilings(data, rows, own);
    if (within) Object.entries(within).forEach(([name, value]) => put(name, value));
  }
  return {
    ...noise,
    metrics,
    description: `What the noise of replicates leaves to reach, estimated from ${
      noise.degreesOfFreedom + noise.conditions
    } rows of ${noise.conditions} condition${noise.conditions === 1 ? "" : "s"}.`,
  };
}

/**
 * Each row predicted by one other replicate of its condition, wherever that is: no prediction, but a familiar yardstick; it has the
 * noise of two measurements and a good model passes it.
 *
 * @returns undefined when fewer than half of the rows have another replicate; the rest get `fallback`.
 */
export function replicatePrediction(
  data: Dataset,
  rows: Uint32Array,
  fallback: ArrayLike<number>,
): Prediction | undefined {
  const columns = data.outputs.names.length;
  const next = new Map<number, number>();
  for (const group of replicateGroups(data)) {
    group.forEach((row, place) => next.set(row, group[(place + 1) % group.length]));
  }
  const covered = rows.reduce((sum, row) => sum + Number(next.has(row)), 0);
  if (!data.truth || rows.length === 0 || covered * 2 < rows.length) return undefined;
  const values = new Float32Array(rows.length * columns);
  rows.forEach((row, place) => {
    const other = next.get(row);
    values.set(other === undefined ? fallback : data.truth!.take([other]), place * columns);
  });
  const rest = covered < rows.length
    ? `; ${rows.length - covered} of ${rows.length} rows have none and get the mean of training`
    : "";
  return {
    name: "one replicate predicts another",
    role: "reference",
    description: `Another replicate of the same condition, with its own noise${rest}.`,
    values,
  };
}

/** Rows of conditions that have at least two, copies left out. */
function replicateGroups({ truth, condition }: Dataset): number[][] {
  const groups = new Map<number, number[]>();
  condition.forEach((of, row) => {
    const group = groups.get(of);
    if (group) group.push(row);
    else groups.set(of, [row]);
  });
  return [...groups.values()].filter((group) => group.length > 1)
    .map((group) => withoutCopies(truth!, group)).filter((group) => group.length > 1);
}

function withoutCopies(truth: Matrix, group: readonly number[]): number[] {
  const kept: { row: number; values: Float32Array }[] = [];
  for (const row of group) {
    const values = truth.take([row]);
    if (!kept.some((other) => other.values.every((value, i) => value === values[i]))) {
      kept.push({ row, values });
    }
  }
  return kept.map(({ row }) => row);
}

function pooledVariance(
  truth: Matrix,
  groups: readonly (readonly number[])[],
  measurements: (row: number) => number,
) {
  const squares = new Float64Array(truth.columns);
  let degreesOfFreedom = 0;
  for (const group of groups) {
    const values = truth.take(group), weights = group.map(measurements);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    degreesOfFreedom += group.length - 1;
    for (let column = 0; column < truth.columns; column++) {
      let centre = 0;
      weights.forEach((weight, k) => centre += weight * values[k * truth.columns + column] / total);
      weights.forEach((weight, k) =>
        squares[column] += weight * (values[k * truth.columns + column] - centre) ** 2
      );
    }
  }
  return {
    variance: squares.map((sum) => degreesOfFreedom === 0 ? 0 : sum / degreesOfFreedom),
    conditions: groups.length,
    degreesOfFreedom,
  };
}

/** Noise variance of each evaluated row that has other replicates, mean over outputs: noisy itself, right on average. */
function rowNoise(
  truth: Matrix,
  rows: Uint32Array,
  groups: readonly (readonly number[])[],
): Map<number, number> {
  const { columns } = truth;
  const groupOf = new Map(groups.flatMap((group) => group.map((row) => [row, group] as const)));
  const centre = new Float64Array(columns);
  for (const row of rows) truth.take([row]).forEach((value, column) => centre[column] += value / rows.length);
  const noise = new Map<number, number>();
  for (const row of rows) {
    const others = groupOf.get(row)?.filter((other) => other !== row).slice(0, mostOthers);
    if (!others) continue;
    const y = truth.take([row]), theirs = truth.take(others);
    let sum = 0;
    for (let column = 0; column < columns; column++) {
      let other = 0;
      for (let k = 0; k < others.length; k++) other += theirs[k * columns + column] / others.length;
      sum += (y[column] - centre[column]) * (y[column] - other);
    }
    noise.set(row, sum / columns);
  }
  return noise;
}

/** r2, pearson and pearsonDelta of the noise-free mean; undefined where most rows have no replicate. */
function rowCeilings(
  { truth, basal, outputs: { kind } }: Dataset,
  rows: Uint32Array,
  groups: readonly (readonly number[])[],
): Record<string, number> | undefined {
  const groupOf = new Map(groups.flatMap((group) => group.map((row) => [row, group] as const)));
  const r2: number[] = [], reliability: number[] = [], ofChange: number[] = [];
  for (const row of rows) {
    const group = groupOf.get(row);
    if (!group) continue;
    const y = truth!.take([row]), n = y.length;
    const others = group.filter((other) => other !== row).slice(0, mostOthers).map((other) =>
      truth!.take([other])
    );
    const v = covariance(y, y);
    if (v === 0) continue;
    const c = mean(others.map((other) => covariance(y, other)));
    const centres = [y, ...others].map((values) => mean(Array.from(values))), centre = mean(centres);
    const b = centres.reduce((sum, value) => sum + (value - centre) ** 2, 0) / others.length;
    r2.push(c / v - b * n / ((n - 1) * v));
    reliability.push(c / v);
    if (kind === "signature") ofChange.push(c / v);
    else if (basal) {
      const control = basal.take([row]);
      const change = (values: Float32Array) => values.map((value, gene) => value - control[gene]);
      const own = change(y), variance = covariance(own, own);
      if (variance > 0) ofChange.push(mean(others.map((other) => covariance(own, change(other)))) / variance);
    }
  }
  if (r2.length * 2 < rows.length) return undefined;
  const root = (shares: readonly number[]) => Math.sqrt(Math.max(0, mean(shares)));
  return { r2: mean(r2), pearson: root(reliability), pearsonDelta: root(ofChange) };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Unbiased. */
function covariance(a: Float32Array, b: Float32Array): number {
  let meanA = 0, meanB = 0, sum = 0;
  for (let i = 0; i < a.length; i++) {
    meanA += a[i] / a.length;
    meanB += b[i] / a.length;
  }
  for (let i = 0; i < a.length; i++) sum += (a[i] - meanA) * (b[i] - meanB);
  return sum / (a.length - 1);
}
