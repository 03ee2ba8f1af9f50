import assert from "node:assert/strict";
import { scorePredictions } from "../../../datasets/evaluation/score_predictions.ts";
import { trainingFacts } from "../../../datasets/evaluation/training_facts.ts";
import { RandomStream } from "../../../datasets/random.ts";
import { numbers, rowTable } from "./row_table.ts";
import { entry } from "./world.ts";

const genes = 53;
const random = new RandomStream(21);
const normals = (count: number) => Float32Array.from({ length: count }, () => random.normal());

/** Rows of distinct drugs in cell lines that differ much, each with a noisy control of its own. */
function table(count: number, cells: number) {
  const cellOf = Array.from({ length: 2 * count }, (_, row) => row % cells);
  const centres = normals(cells * genes).map((value) => 5 * value);
  const at = (i: number) => centres[cellOf[Math.floor(i / genes)] * genes + i % genes];
  const truth = normals(2 * count * genes).map((value, i) => value + at(i));
  const data = rowTable({
    drugs: Array.from({ length: 2 * count }, (_, row) => `D${row}`),
    cells: cellOf.map((cell) => `cell ${cell}`),
    kind: "profile",
    outputs: genes,
    truth,
    basal: normals(2 * count * genes).map((value, i) => 2 * value + at(i)),
  });
  const rows = numbers(count, count), train = numbers(count);
  const score = (values: Float32Array) =>
    scorePredictions(data, rows, trainingFacts(data, train, rows, "drug"), count, [
      entry("it", "model", values),
    ])[0];
  return {
    truth: truth.slice(count * genes),
    score,
    mean: trainingFacts(data, train, rows, "drug").mean,
    at: (i: number) => at(i + count * genes),
  };
}

const discriminations = ["discriminationL1", "discriminationL2", "discriminationCosine", "centroidAccuracy"];

Deno.test("the noise of a row's own control tells nobody apart: the training mean discriminates by chance", () => {
  const { truth, score, mean } = table(60, 1);
  const { metrics } = score(truth.map((_, i) => mean[i % genes]));
  assert.equal(metrics.pearsonReference, 0);
  for (const name of discriminations) {
    assert.ok(Math.abs(metrics[name] - 0.5) < 0.02, `${name} is ${metrics[name]}`);
  }
  assert.ok(metrics.pearsonDelta > 0.5, "what the change against that control looks like");
});

Deno.test("profiles are told from those of other drugs in their own cell line, so that knowing the cell line is no merit", () => {
  const { truth, score, at } = table(60, 3);
  const byCell = score(truth.map((_, i) => at(i))).metrics, own = score(truth).metrics;
  for (const name of discriminations) {
    assert.ok(Math.abs(byCell[name] - 0.5) < 0.1, `${name} is ${byCell[name]}`);
    assert.equal(own[name], 1);
  }
});

Deno.test("where every cell line has one drug there is nobody to be told from, and no score", () => {
  const { truth, score } = table(7, 7);
  assert.deepEqual(discriminations.filter((name) => name in score(truth).metrics), []);
});

Deno.test("many rows are compared with a sample of one another, the same every time", () => {
  const { truth, score } = table(400, 1);
  const weak = truth.map((value, i) => value / 9 + Math.sin(i));
  const first = score(weak).metrics;
  assert.deepEqual(score(weak).metrics, first);
  // One of 51.
  const step = first.discriminationL1 * 51 * 400;
  assert.ok(
    Math.abs(step - Math.round(step)) < 1e-6,
    `${first.discriminationL1} counts others than fifty`,
  );
});

Deno.test("errors of rows are those of the metric, whatever the loss left of the scale", () => {
  const { truth, score } = table(7, 1);
  const { perRow, metrics } = score(truth.map((value) => value + 2));
  assert.ok(perRow.mse.every((value) => Math.abs(value - 4) < 1e-5) && Math.abs(metrics.mse - 4) < 1e-5);
  assert.ok(perRow.pearson.every((value) => value > 0.999));
});

Deno.test("another row of the same drug is no rival", () => {
  const truth = normals(20 * genes);
  const data = rowTable({
    drugs: Array.from({ length: 20 }, (_, row) => `D${row % 10}`),
    doses: Array.from({ length: 20 }, (_, row) => row),
    outputs: genes,
    truth,
  });
  const twins = Float32Array.from([...truth.subarray(10 * genes), ...truth.subarray(0, 10 * genes)]);
  const none = new Uint32Array(0), facts = trainingFacts(data, none, numbers(20), "drug");
  const [{ metrics }] = scorePredictions(data, numbers(20), facts, 0, [entry("it", "model", twins)]);
  // Its own truth is no nearer than any of nine other drugs; the twin, at distance 0, would be one more.
  const [{ metrics: own }] = scorePredictions(data, numbers(20), facts, 0, [entry("it", "model", truth)]);
  assert.equal(own.discriminationL1, 1);
  const steps = metrics.discriminationL1 * 19;
  assert.ok(Math.abs(steps * 20 - Math.round(steps * 20)) < 1e-6, "18 rivals and the row itself");
  assert.ok(metrics.pearsonReference === undefined, "nothing was trained on");
});
