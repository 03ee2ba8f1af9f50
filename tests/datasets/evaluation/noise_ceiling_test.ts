import assert from "node:assert/strict";
import { noiseCeiling, replicatePrediction } from "../../../datasets/evaluation/noise_ceiling.ts";
import { rSquared } from "../../../datasets/metrics/dense_metrics.ts";
import { meanSquaredError, pearsonPooled, type Values } from "../../../datasets/metrics/metrics.ts";
import { RandomStream } from "../../../datasets/random.ts";
import { numbers, rowTable } from "./row_table.ts";

const genes = 301;

interface Simulated {
  readonly conditions: number;
  readonly replicates: number;
  readonly kind: "profile" | "signature" | "response";
  /** Measurements a row is the mean of. */
  measurements?(row: number): number;
  /** Factor on the noise of a condition. */
  factor?(condition: number): number;
  /** Factor on the noise of a row. */
  rowFactor?(row: number): number;
  /** Size of a noise that shifts all genes of a row alike. */
  readonly shift?: number;
}

/** Rows of a known noise-free mean; noise differs from gene to gene. */
function simulate(
  { conditions, replicates, kind, measurements = () => 1, factor = () => 1, rowFactor = () => 1, shift = 0 }:
    Simulated,
) {
  const random = new RandomStream(11, conditions, replicates);
  const columns = kind === "response" ? 1 : genes;
  const rows = conditions * replicates;
  const normals = (count: number) => Float32Array.from({ length: count }, () => random.normal());
  const basal = normals(columns).map((value) => 3 * value);
  const spread = Float32Array.from({ length: columns }, () => 0.4 + random.uniform());
  const clean = new Float32Array(rows * columns), truth = new Float32Array(rows * columns);
  for (let condition = 0; condition < conditions; condition++) {
    const mean = normals(columns);
    for (let replicate = 0; replicate < replicates; replicate++) {
      const row = condition * replicates + replicate;
      const shifted = shift * random.normal();
      for (let gene = 0; gene < columns; gene++) {
        const at = row * columns + gene;
        clean[at] = mean[gene] + (kind === "profile" ? basal[gene] : 0);
        truth[at] = clean[at] + shifted +
          factor(condition) * rowFactor(row) * spread[gene] * random.normal() / Math.sqrt(measurements(row));
      }
    }
  }
  const data = rowTable({
    drugs: Array.from({ length: rows }, (_, row) => `D${Math.floor(row / replicates)}`),
    kind,
    outputs: columns,
    truth,
    basal: Float32Array.from({ length: rows * columns }, (_, i) => basal[i % columns]),
  });
  return { data, clean, truth, columns, basal, rows };
}

const within = (found: number, expected: number, share: number, name: string) =>
  assert.ok(
    Math.abs(found - expected) <= share * Math.abs(expected),
    `${name} is ${found}, expected ${expected}`,
  );

function meanOfRows(p: Float32Array, t: Float32Array, columns: number, of: typeof rSquared): number {
  let sum = 0;
  for (let at = 0; at < t.length; at += columns) {
    sum += of(p.subarray(at, at + columns), t.subarray(at, at + columns));
  }
  return sum * columns / t.length;
}

for (const kind of ["profile", "signature"] as const) {
  Deno.test(`the ceiling of a ${kind} is what its noise-free mean gets, within 2 %`, () => {
    const { data, clean, truth, columns, basal, rows } = simulate({ conditions: 53, replicates: 3, kind });
    const { metrics, conditions, degreesOfFreedom } = noiseCeiling(data, numbers(rows))!;
    assert.deepEqual([conditions, degreesOfFreedom], [53, 106]);
    within(metrics.mse, meanSquaredError(clean, truth), 0.02, "mse");
    within(metrics.rmse ** 2, metrics.mse, 1e-9, "rmse");
    within(metrics.r2, meanOfRows(clean, truth, columns, rSquared), 0.02, "r2");
    within(metrics.pearson, meanOfRows(clean, truth, columns, pearsonPooled), 0.02, "pearson");
    const change = (values: Float32Array) =>
      kind === "signature" ? values : values.map((value, i) => value - basal[i % columns]);
    within(
      metrics.pearsonDelta,
      meanOfRows(change(clean), change(truth), columns, pearsonPooled),
      0.02,
      "pearsonDelta",
    );
    assert.deepEqual(Object.keys(metrics).sort(), ["mse", "pearson", "pearsonDelta", "r2", "rmse"]);
  });
}

Deno.test("rows of very different noise, and noise that shifts whole rows, leave the ceiling what the mean gets", () => {
  const { data, clean, truth, columns, rows } = simulate({
    conditions: 80,
    replicates: 3,
    kind: "signature",
    rowFactor: (row) => [0.3, 1, 4][(row * 7) % 3],
    shift: 0.8,
  });
  const { metrics } = noiseCeiling(data, numbers(rows))!;
  within(metrics.mse, meanSquaredError(clean, truth), 0.05, "mse");
  assert.ok(Math.abs(metrics.r2 - meanOfRows(clean, truth, columns, rSquared)) < 0.1, `r2 ${metrics.r2}`);
  const squared = (p: Values, t: Values) => pearsonPooled(p, t) ** 2;
  const actual = meanOfRows(clean, truth, columns, pearsonPooled);
  within(metrics.pearson ** 2, meanOfRows(clean, truth, columns, squared), 0.03, "squared pearson");
  assert.ok(
    metrics.pearson > actual && metrics.pearson < actual + 0.08,
    `${metrics.pearson} bounds ${actual}`,
  );
});

Deno.test("where most rows have no replicate, correlations have no ceiling", () => {
  const { data } = simulate({ conditions: 40, replicates: 3, kind: "signature" });
  const condition = data.condition.map((of, row) => row < 54 ? of : 1000 + row);
  const { metrics, conditions } = noiseCeiling({ ...data, condition }, numbers(120))!;
  assert.equal(conditions, 18);
  assert.deepEqual(Object.keys(metrics), ["mse", "rmse"]);
});

Deno.test("the ceiling of a response is over its rows, within 5 % at 2,500 conditions of 2", () => {
  const { data, clean, truth, rows } = simulate({ conditions: 2500, replicates: 2, kind: "response" });
  const { metrics } = noiseCeiling(data, numbers(rows))!;
  within(metrics.mse, meanSquaredError(clean, truth), 0.1, "mse");
  within(metrics.r2Pooled, rSquared(clean, truth), 0.1, "r2Pooled");
  within(metrics.pearsonPooled, pearsonPooled(clean, truth), 0.1, "pearsonPooled");
});

Deno.test("a truth that is a mean of several measurements has their share of the noise", () => {
  const measurements = (row: number) => 1 + row % 5;
  const { data, clean, truth, columns, rows } = simulate({
    conditions: 60,
    replicates: 3,
    kind: "signature",
    measurements,
  });
  const replicatesOfRow = Array.from({ length: rows }, (_, row) => measurements(row));
  const few = numbers(rows).filter((row) => measurements(row) >= 4);
  const { metrics } = noiseCeiling(data, few, { replicatesOfRow })!;
  const take = (values: Float32Array) =>
    Float32Array.from([...few].flatMap((row) => [...values.subarray(row * columns, (row + 1) * columns)]));
  within(metrics.mse, meanSquaredError(take(clean), take(truth)), 0.03, "mse");
});

Deno.test("the evaluated conditions speak for themselves where they are enough, else all do", () => {
  const { data } = simulate({
    conditions: 100,
    replicates: 3,
    kind: "signature",
    factor: (condition) => condition < 20 ? 2 : 1,
  });
  const loud = noiseCeiling(data, numbers(60))!, quiet = noiseCeiling(data, numbers(240, 60))!;
  within(loud.metrics.mse / quiet.metrics.mse, 4, 0.1, "four times the variance");
  assert.equal(loud.conditions, 20);
  assert.equal(noiseCeiling(data, numbers(6))!.conditions, 100, "two conditions are too few");
});

Deno.test("there is no ceiling without replicates, and copies of a row are none", () => {
  const { data, truth, columns } = simulate({ conditions: 30, replicates: 1, kind: "signature" });
  assert.equal(noiseCeiling(data, numbers(30)), undefined);
  assert.equal(replicatePrediction(data, numbers(30), new Float32Array(columns)), undefined);
  const twice = rowTable({
    drugs: Array.from({ length: 60 }, (_, row) => `D${row % 30}`),
    outputs: columns,
    truth: Float32Array.from([...truth, ...truth]),
  });
  assert.equal(noiseCeiling(twice, numbers(60)), undefined);
  assert.equal(noiseCeiling({ ...twice, truth: undefined }, numbers(60)), undefined);
});

Deno.test("one replicate predicting another has twice the error of the ceiling", () => {
  const { data, truth, columns, rows } = simulate({ conditions: 53, replicates: 3, kind: "signature" });
  const { values, role, name } = replicatePrediction(data, numbers(rows), new Float32Array(columns))!;
  assert.deepEqual([role, name], ["reference", "one replicate predicts another"]);
  within(meanSquaredError(values, truth), 2 * noiseCeiling(data, numbers(rows))!.metrics.mse, 0.02, "mse");
});

Deno.test("quiet rows with loud replicates have a low ceiling, and the noise of a few responses is not known", () => {
  const { data, clean, truth, columns } = simulate({
    conditions: 60,
    replicates: 2,
    kind: "signature",
    rowFactor: (row) => row % 2 ? 2 : 0.5,
  });
  const quiet = numbers(60).map((row) => 2 * row);
  const take = (values: Float32Array) =>
    Float32Array.from([...quiet].flatMap((row) => [...values.subarray(row * columns, (row + 1) * columns)]));
  const { metrics } = noiseCeiling(data, quiet)!;
  within(metrics.mse, meanSquaredError(take(clean), take(truth)), 0.15, "mse");
  const few = simulate({ conditions: 19, replicates: 2, kind: "response" });
  assert.equal(noiseCeiling(few.data, numbers(38)), undefined);
});

Deno.test("rows without another replicate get the fallback, and it is said; mostly such rows: no entry", () => {
  const truth = Float32Array.from([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  const data = rowTable({ drugs: ["A", "A", "B", "C", "A"], outputs: 2, truth });
  const found = replicatePrediction(data, numbers(3), [70, 71])!;
  assert.deepEqual([...found.values], [3, 4, 9, 10, 70, 71]);
  assert.match(found.description, /1 of 3 rows have none and get the mean of training/);
  assert.equal(replicatePrediction(data, numbers(3, 1).map((row) => row + 1), [0, 0]), undefined);
});
