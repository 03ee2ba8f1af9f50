import assert from "node:assert/strict";
import type { Metric, MetricTable } from "../../../datasets/metrics/metric.ts";
import { MetricRow, TrueRow } from "../../../datasets/metrics/metric_row.ts";
import {
  advantage,
  metricOf,
  metrics,
  metricsFor,
  primaryMetric,
} from "../../../datasets/metrics/registry.ts";
import { RandomStream } from "../../../datasets/random.ts";
import { checkMetrics } from "../../golden/metrics.ts";
import { goldensFolder } from "../../golden/goldens_folder.ts";

const rows = 7, genes = 411;
const random = new RandomStream(5, 1);
const normals = (count: number) => Float32Array.from({ length: count }, () => random.normal());
const truth = normals(rows * genes);
const trainingMean = normals(genes).map((value) => 2 * value);
const noisy = truth.map((value) => value + random.normal());

function score(
  metric: Metric,
  predicted: Float32Array,
  actual: Float32Array = truth,
  columns = genes,
): number {
  const take = (values: Float32Array, row: number) => values.slice(row * columns, (row + 1) * columns);
  const count = actual.length / columns;
  if (metric.pooled) {
    const table: MetricTable = {
      predicted,
      truth: actual,
      columns,
      drugOf: Array.from({ length: count }, (_, row) => row % 2),
      cellOf: Array.from({ length: count }, (_, row) => Math.floor(row / 4)),
    };
    return metric.pooled(table);
  }
  let sum = 0;
  for (let row = 0; row < count; row++) {
    const rivals = Array.from({ length: count }, (_, other) => other).filter((other) => other !== row)
      .map((other) => take(actual, other));
    const values = take(predicted, row), own = take(actual, row);
    sum += metric.perRow!(new MetricRow(new TrueRow(own, own, trainingMean, rivals), values, values));
  }
  return sum / count;
}

/** Truth and predictions of such outputs as the metric is made for. */
function example(metric: Metric): [truth: Float32Array, noisy: Float32Array, columns: number] {
  if (metric.kinds.includes("signature")) return [truth, noisy, genes];
  return [truth.subarray(0, 17), noisy.subarray(0, 17), 1];
}

Deno.test("every metric has a name of its own and exactly one formula", () => {
  assert.equal(new Set(metrics.map(({ name }) => name)).size, metrics.length);
  for (const { name, perRow, pooled } of metrics) {
    assert.equal(Number(!!perRow) + Number(!!pooled), 1, name);
    assert.equal(metricOf(name).name, name);
  }
  assert.throws(() => metricOf("accuracy"), /"accuracy" is no metric; expected one of mse, rmse/);
});

Deno.test("a perfect prediction gets every metric's perfect value, and noise is worse by its own account", () => {
  for (const metric of metrics) {
    const [own, disturbed, columns] = example(metric);
    const perfect = score(metric, own, own, columns), worse = score(metric, disturbed, own, columns);
    assert.ok(Math.abs(perfect - metric.perfect) < 1e-9, `${metric.name} of the truth is ${perfect}`);
    assert.ok(advantage(metric, perfect, worse) >= 0, `${metric.name} of a noisy prediction is ${worse}`);
    const random = score(metric, own.toReversed().map((value) => value - 0.1), own, columns);
    assert.ok(advantage(metric, perfect, random) > 0, `${metric.name} of a random prediction is ${random}`);
  }
});

Deno.test("metrics that are said not to look at the scale do not, and the others do", () => {
  for (const metric of metrics) {
    const [own, , columns] = example(metric);
    // Weak enough for the nearest profile to be another's.
    const disturbed = own.map((value, i) => value / 20 + noisy[(i + 5) % noisy.length]);
    const before = score(metric, disturbed, own, columns);
    const after = score(metric, disturbed.map((value) => 4 * value), own, columns);
    assert.equal(Math.abs(after - before) > 1e-9, metric.scale, `${metric.name}: ${before} becomes ${after}`);
  }
});

Deno.test("lists of top genes are those of their ends, ties broken by position", () => {
  const predicted = noisy.map((value) => Math.round(2 * value) / 2),
    actual = truth.map((value) => Math.round(4 * value) / 4);
  const ends: Readonly<Record<string, (value: number) => number>> = {
    Up: (value) => value,
    Down: (value) => -value,
    Magnitude: Math.abs,
  };
  const top = (values: Float32Array, row: number, k: number, by: (value: number) => number) =>
    new Set(
      Array.from({ length: genes }, (_, gene) => gene)
        .sort((a, b) => by(values[row * genes + b]) - by(values[row * genes + a]) || a - b).slice(0, k),
    );
  const mean = (of: (row: number) => number) =>
    Array.from({ length: rows }, (_, row) => of(row)).reduce((sum, value) => sum + value / rows, 0);
  const same = (name: string, expected: number) => {
    const found = score(metricOf(name), predicted, actual);
    assert.ok(Math.abs(found - expected) < 1e-12, `${name} is ${found}, expected ${expected}`);
  };
  for (const [end, by] of Object.entries(ends)) {
    for (const k of [10, 50, 200]) {
      const common = (row: number, size: number) =>
        top(predicted, row, k, by).intersection(top(actual, row, size, by)).size;
      same(`hitRatio${end}${k}`, mean((row) => common(row, k) / k));
      same(`jaccard${end}${k}`, mean((row) => common(row, k) / (2 * k - common(row, k))));
      if (end !== "Magnitude") same(`precision${end}${k}`, mean((row) => common(row, 200) / k));
    }
  }
  same("overlapDeg50", score(metricOf("hitRatioMagnitude50"), predicted, actual));
  const turned = (name: string) =>
    score(metricOf(name), predicted.map((value) => -value), actual.map((value) => -value));
  for (const name of ["ndcg", "map"]) same(`${name}Down`, turned(`${name}Up`));
});

Deno.test("outputs, controls and the loss decide which metrics are shown", () => {
  const names = (count: number) => Array.from({ length: count }, (_, gene) => `G${gene}`);
  const of = (
    kind: "profile" | "signature" | "response",
    count: number,
    control: boolean,
    arbitrary = false,
  ) =>
    metricsFor({ kind, names: names(count), unit: "" }, {
      control,
      training: true,
      arbitraryScale: arbitrary,
    })
      .map(({ name }) => name);
  assert.ok(of("profile", 978, true).includes("pearsonDelta"));
  assert.ok(!of("profile", 978, false).includes("pearsonDelta"), "there is no change without a control");
  assert.ok(of("profile", 978, false).includes("pearsonReference"), "the training mean is no control");
  assert.ok(!of("signature", 39, true).includes("overlapDeg20"), "20 of 39 genes are no top");
  assert.ok(of("signature", 40, true).includes("overlapDeg20"));
  assert.deepEqual(
    ["rmse", "mse", "r2", "wmse"].filter((name) => of("signature", 978, true, true).includes(name)),
    [],
  );
  assert.ok(of("signature", 978, true, true).includes("pearson"));
  assert.ok(!of("profile", 978, true, true).includes("pearsonDelta"), "a scale by chance has no change");
  assert.deepEqual(of("response", 1, false), [
    "mse",
    "rmse",
    "mae",
    "pearsonPooled",
    "spearmanPooled",
    "r2Pooled",
    "pearsonPerDrug",
    "spearmanPerDrug",
    "pearsonPerCell",
    "spearmanPerCell",
  ]);
  assert.deepEqual(
    (["profile", "signature", "response"] as const).map((kind) => primaryMetric(kind).name),
    ["mse", "pearson", "mse"],
  );
  assert.equal(primaryMetric("profile", true).name, "pearson");
});

Deno.test("weights of the weighted error grow with the square of the distance from the training mean", () => {
  const own = Float32Array.of(1, 3, -4), predicted = Float32Array.of(2, 5, -4);
  const row = new MetricRow(new TrueRow(own, own, [1, 1, 1], []), predicted, predicted);
  // Distances 0, 2, 5: weights 0, 4, 25 of 29.
  assert.ok(Math.abs(metricOf("wmse").perRow!(row) - 4 * 4 / 29) < 1e-12);
  const mean = (4 * 3 - 25 * 4) / 29, spread = (4 * (3 - mean) ** 2 + 25 * (-4 - mean) ** 2) / 29;
  assert.ok(Math.abs(metricOf("weightedR2").perRow!(row) - (1 - 16 / 29 / spread)) < 1e-12);
});

Deno.test("the mean of training scores 0 against itself, whatever the rounding of its float32 values", () => {
  const mean = Float64Array.from(trainingMean, (value) => value + 1e-9);
  const values = Float32Array.from(mean), own = truth.subarray(0, genes);
  const row = new MetricRow(new TrueRow(own, own, mean, []), values, values);
  assert.equal(metricOf("pearsonReference").perRow!(row), 0);
  assert.equal(metricOf("pearsonReferenceDeg20").perRow!(row), 0);
  assert.ok(Number.isNaN(metricOf("discriminationL1").perRow!(row)), "nobody to be told from");
});

const goldens = goldensFolder("kg-gat");
Deno.test({
  name: "metrics agree with the golden of kg-gat.md section 10",
  ignore: !goldens,
  async fn() {
    const checks = await checkMetrics(goldens!);
    assert.deepEqual(
      checks.filter(({ passed }) => !passed).map(({ name, detail }) => `${name}: ${detail}`),
      [],
    );
    assert.ok(checks.length > 35);
  },
});
