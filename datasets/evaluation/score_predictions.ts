import type { Dataset } from "../dataset.ts";
import type { Metric, MetricTable } from "../metrics/metric.ts";
import { MetricRow, TrueRow } from "../metrics/metric_row.ts";
import { metricOf, metricsFor } from "../metrics/registry.ts";
import { RandomStream } from "../random.ts";
import type { TrainingFacts } from "./training_facts.ts";
import type { Prediction } from "./types.ts";

/** A prediction with its metrics, and the two that verdict and parts are about row by row. */
export interface PredictionScores {
  readonly prediction: Prediction;
  /** Values of each training. */
  readonly trainings: readonly Float32Array[];
  /** Mean over trainings. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Standard deviation over trainings; absent with one. */
  readonly deviations?: Readonly<Record<string, number>>;
  /** One a row, mean over trainings. `pearson` is empty where a row is one number. */
  readonly perRow: { readonly mse: Float64Array; readonly pearson: Float64Array };
}

/** The discrimination score compares with so many other profiles at most: with all, its cost grows with the square of the rows. */
const mostRivals = 50;

/** Scores predictions of the same rows. Rows are gone through once, so that all share what is computed from the truth. */
export function scorePredictions(
  data: Dataset,
  rows: Uint32Array,
  facts: TrainingFacts,
  trainRows: number,
  predictions: readonly Prediction[],
): PredictionScores[] {
  const { outputs } = data;
  const columns = outputs.names.length;
  const truth = data.truth!.take(rows);
  const basal = outputs.kind === "profile" && data.basal ? data.basal.take(rows) : undefined;
  const control = outputs.kind === "signature" || basal !== undefined;
  const at = (values: Float32Array, place: number) => values.subarray(place * columns, (place + 1) * columns);
  const changeOf = (values: Float32Array, place: number) => {
    const own = at(values, place);
    if (!basal) return own;
    const control = at(basal, place);
    return own.map((value, column) => value - control[column]);
  };
  const drugOf = Array.from(rows, (row) => data.drug.of[row]);
  const cellOf = Array.from(rows, (row) => data.cell.of[row]);
  const rivalsOf = outputs.kind === "response" ? () => [] : rivalFinder(drugOf, cellOf);

  const works = predictions.flatMap((prediction) => {
    const metrics = metricsFor(outputs, {
      control,
      training: trainRows > 0,
      arbitraryScale: prediction.arbitraryScale,
    });
    return [prediction.values, ...prediction.repeats ?? []].map((values) => {
      checkValues(prediction.name, values, truth.length, columns, data, rows);
      return new Work(prediction, values, metrics, rows.length);
    });
  });
  rows.forEach((_, place) => {
    const own = new TrueRow(
      at(truth, place),
      changeOf(truth, place),
      facts.mean,
      rivalsOf(place).map((other) => at(truth, other)),
    );
    for (const work of works) {
      work.add(new MetricRow(own, at(work.values, place), changeOf(work.values, place)), place);
    }
  });
  return predictions.map((prediction) => {
    const trainings = works.filter((work) => work.prediction === prediction).map((work) => ({
      values: work.values,
      perRow: work.perRow,
      metrics: work.finish({
        predicted: work.values,
        truth,
        columns,
        drugOf,
        cellOf,
      }),
    }));
    return {
      prediction,
      trainings: trainings.map(({ values }) => values),
      ...overTrainings(trainings.map(({ metrics }) => metrics)),
      perRow: {
        mse: meanOf(trainings.map(({ perRow }) => perRow.mse)),
        pearson: columns > 1 ? meanOf(trainings.map(({ perRow }) => perRow.pearson)) : new Float64Array(0),
      },
    };
  });
}

const mse = metricOf("mse"), pearson = metricOf("pearson");

/** The sums of one training's metrics. */
class Work {
  readonly perRow: { readonly mse: Float64Array; readonly pearson: Float64Array };
  readonly #sums: Float64Array;
  readonly #counts: Float64Array;

  constructor(
    readonly prediction: Prediction,
    readonly values: Float32Array,
    readonly metrics: readonly Metric[],
    rows: number,
  ) {
    this.#sums = new Float64Array(metrics.length);
    this.#counts = new Float64Array(metrics.length);
    this.perRow = { mse: new Float64Array(rows), pearson: new Float64Array(rows) };
  }

  add(row: MetricRow, place: number): void {
    // Whatever the list of metrics leaves out.
    this.perRow.mse[place] = mse.perRow!(row);
    if (row.values.values.length > 1) this.perRow.pearson[place] = pearson.perRow!(row);
    this.metrics.forEach(({ perRow }, k) => {
      if (!perRow) return;
      const value = perRow(row);
      if (Number.isNaN(value)) return;
      this.#sums[k] += value;
      this.#counts[k]++;
    });
  }

  finish(table: MetricTable): Record<string, number> {
    const found = this.metrics.map(({ name, pooled }, k) =>
      [name, pooled ? pooled(table) : this.#sums[k] / this.#counts[k]] as const
    );
    return Object.fromEntries(found.filter(([, value]) => Number.isFinite(value)));
  }
}

function overTrainings(
  all: readonly Record<string, number>[],
): Pick<PredictionScores, "metrics" | "deviations"> {
  const [first] = all, n = all.length;
  const over = (of: (values: readonly number[]) => number) =>
    Object.fromEntries(
      Object.keys(first).filter((name) => all.every((metrics) => name in metrics))
        .map((name) => [name, of(all.map((metrics) => metrics[name]))]),
    );
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / n;
  const deviation = (values: readonly number[]) =>
    Math.sqrt(values.reduce((sum, value) => sum + (value - mean(values)) ** 2, 0) / (n - 1));
  return { metrics: over(mean), ...(n > 1 ? { deviations: over(deviation) } : {}) };
}

function meanOf(lists: readonly Float64Array[]): Float64Array {
  return lists[0].map((_, place) => lists.reduce((sum, list) => sum + list[place], 0) / lists.length);
}

/** Places of rows of other drugs in the same cell line: all, or the same random ones in every evaluation. */
function rivalFinder(drugOf: readonly number[], cellOf: readonly number[]): (place: number) => number[] {
  const groups = new Map<number, number[]>();
  const turnOf = new Uint32Array(drugOf.length);
  for (const place of new RandomStream(0, 0xd15c).permutation(drugOf.length)) {
    const group = groups.get(cellOf[place]);
    if (group) turnOf[place] = group.push(place) - 1;
    else groups.set(cellOf[place], [place]);
  }
  return (place) => {
    const group = groups.get(cellOf[place])!, rivals: number[] = [];
    for (let step = 1; step < group.length && rivals.length < mostRivals; step++) {
      const other = group[(turnOf[place] + step) % group.length];
      if (drugOf[other] !== drugOf[place]) rivals.push(other);
    }
    return rivals;
  };
}

function checkValues(
  name: string,
  values: Float32Array,
  expected: number,
  columns: number,
  data: Dataset,
  rows: Uint32Array,
): void {
  if (values.length !== expected) {
    throw new RangeError(
      `The prediction "${name}" has ${values.length} values, expected ${expected}: ${columns} for each of ${rows.length} rows.`,
    );
  }
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    throw new RangeError(
      `The prediction "${name}" is ${values[bad]} for ${data.outputs.names[bad % columns]} of row ${
        data.rowNames[rows[Math.floor(bad / columns)]]
      }, expected a finite number.`,
    );
  }
}
