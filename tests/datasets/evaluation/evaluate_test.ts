import assert from "node:assert/strict";
import { evaluate, type EvaluationRequest } from "../../../datasets/evaluation/evaluate.ts";
import type { Prediction } from "../../../datasets/evaluation/types.ts";
import { RandomStream } from "../../../datasets/random.ts";
import { numbers, rowTable } from "./row_table.ts";
import { entry, genes, judged, world } from "./world.ts";

Deno.test("a clear lead is ahead, its opposite behind, and a baseline of the same skill level", () => {
  for (const kind of ["signature", "profile"] as const) {
    const it = world({ kind });
    const stand = (own: number, theirs: number) =>
      judged(it, [
        entry("net", "model", it.noisy(own, 1)),
        entry("ridge", "baseline", it.noisy(theirs, 2)),
        entry("zero", "baseline", new Float32Array(it.truth.length)),
      ]).verdict;
    const ahead = stand(0.4, 0.6), behind = stand(0.6, 0.4), level = stand(0.5, 0.5);
    assert.deepEqual([ahead.standing, behind.standing, level.standing], ["ahead", "behind", "level"]);
    assert.ok(ahead.lead > 0 && ahead.interval![0] > 0 && behind.lead < 0 && behind.interval![1] < 0);
    assert.ok(level.interval![0] < 0 && level.interval![1] > 0);
    assert.equal(ahead.metric, kind === "profile" ? "mse" : "pearson");
    assert.deepEqual([ahead.against, ahead.unit, ahead.units, ahead.seeds], ["ridge", "drug", 24, 1]);
    assert.match(
      ahead.sentence,
      /^Ahead of ridge: \S+ 0\.\d+, lead 0\.\d+ \[0\.\d+, 0\.\d+\] over 24 held-out drugs, 1 seed\.$/,
    );
    assert.match(
      level.sentence,
      /^Level with ridge: .* lead -?0\.\d+ \[-0\.\d+, 0\.\d+\] over 24 held-out drugs, 1 seed\.$/,
    );
    assert.match(behind.sentence, /^Behind ridge: /);
  }
});

Deno.test("the strongest baseline is the one to beat, wherever it stands in the list", () => {
  const it = world();
  const { verdict, predictions } = judged(it, [
    entry("net", "model", it.noisy(0.5, 1)),
    entry("mean", "baseline", it.noisy(2, 2)),
    entry("ridge", "baseline", it.noisy(0.3, 3)),
    entry("nearest", "baseline", it.noisy(1, 4)),
    entry("random", "negative", it.noisy(0.01, 5)),
  ]);
  assert.deepEqual([verdict.against, verdict.standing], ["ridge", "behind"]);
  assert.deepEqual(predictions.map(({ name }) => name), ["net", "ridge", "nearest", "mean", "random"]);
  assert.ok(predictions[1].lead!.value < 0 && predictions[3].lead!.value > 0, "each beside the model");
  assert.equal(predictions[0].lead, undefined);
  assert.deepEqual(predictions[0].advantage, predictions[1].lead);
});

Deno.test("a lead of a billionth is level, and so is a model that predicts what the baseline does", () => {
  const it = world({ kind: "profile" });
  const ridge = it.truth.map((value) => value + 1);
  for (const own of [ridge, it.truth.map((value) => value + 1 - 1e-7)]) {
    const { verdict, predictions } = judged(it, [
      entry("net", "model", own),
      entry("ridge", "baseline", ridge),
    ]);
    const { standing, lead, interval, sentence } = verdict;
    const { low, high } = predictions[0].advantage!;
    assert.deepEqual([low, high], interval);
    assert.equal(standing, "level", `lead ${lead}`);
    assert.ok(interval![0] <= 0 && interval![1] >= 0, `${interval}`);
    assert.match(sentence, /^Level with ridge: MSE 1\.00, lead 0 over/);
  }
});

Deno.test("a metric that is best low is not won by the higher value: each counts by its own account", () => {
  const it = world();
  // Twice the right size: directions are perfect, errors are not.
  const { predictions, verdict } = judged(it, [
    entry("net", "model", it.truth.map((value) => 2 * value)),
    entry("ridge", "baseline", it.noisy(0.5, 2)),
  ]);
  const [net, ridge] = predictions;
  assert.ok(net.metrics.pearson > ridge.metrics.pearson && net.metrics.mse > ridge.metrics.mse);
  assert.equal(verdict.standing, "ahead");
  const profile = world({ kind: "profile" });
  const other = judged(profile, [
    entry("net", "model", profile.truth.map((value) => 2 * value)),
    entry("ridge", "baseline", profile.noisy(0.5, 2)),
  ]).verdict;
  assert.deepEqual([other.standing, other.metric], ["behind", "mse"]);
});

Deno.test("intervals are over the unit that is asked for: drugs that differ widen what rows would make narrow", () => {
  const it = world({ kind: "profile" });
  // Right on a third of the drugs, wrong on the others: nothing to tell over drugs, much over rows.
  const own = it.noisy((drug) => drug % 5 === 4 ? 0.2 : 0.9, 1);
  const predictions = [entry("net", "model", own), entry("ridge", "baseline", it.noisy(0.85, 2))];
  const byDrug = judged(it, predictions).verdict;
  const everyRow = {
    ...it,
    data: {
      ...it.data,
      drug: {
        ...it.data.drug,
        of: numbers(it.data.rows),
        ids: Array.from(numbers(it.data.rows), String),
        names: Array.from(numbers(it.data.rows), String),
      },
      structures: [],
    },
  };
  const byRow = judged(everyRow, predictions).verdict;
  const byCell = judged(it, predictions, { unit: "cell" }).verdict;
  const width = ([low, high]: readonly [number, number]) => high - low;
  assert.ok(Math.abs(byRow.lead - byDrug.lead) < 1e-12);
  assert.ok(
    width(byDrug.interval!) > 1.5 * width(byRow.interval!),
    `${byDrug.interval} and ${byRow.interval}`,
  );
  assert.deepEqual([byDrug.standing, byRow.standing], ["level", "ahead"]);
  assert.deepEqual([byCell.interval, byCell.units, byCell.unit, byCell.standing], [null, 3, "cell", "level"]);
  assert.match(byCell.sentence, /over 3 cell lines, too few for an interval \(at least 5\), 1 seed\.$/);
});

Deno.test("four held-out drugs have no interval and no other unit takes their place", () => {
  const it = world({ drugs: 4 });
  const { verdict, predictions } = judged(it, [
    entry("net", "model", it.noisy(0.1, 1)),
    entry("ridge", "baseline", it.noisy(2, 2)),
    entry("net without drug", "control", it.noisy(2, 3), { control: "drug-removed" }),
  ]);
  assert.deepEqual([verdict.standing, verdict.interval, verdict.units], ["level", null, 4]);
  assert.match(verdict.sentence, /^Level with ridge: .* over 4 held-out drugs, too few for an interval/);
  assert.equal(verdict.drugMatters, "unclear");
  assert.match(verdict.controls, /too few units for an interval/);
  assert.ok(predictions.every(({ lead }) => !lead || lead.low === null));
});

Deno.test("rows that were trained on are counted, and all of them make no success", () => {
  const it = world();
  const predictions = [entry("net", "model", it.noisy(0.1, 1)), entry("ridge", "baseline", it.noisy(1, 2))];
  const all = judged(it, predictions, { train: it.rows });
  assert.equal(all.verdict.standing, "level");
  assert.match(
    all.verdict.sentence,
    /over 24 drugs, 1 seed; all 70 rows were trained on, so this says nothing about others\.$/,
  );
  assert.match(all.notes[0], /^70 of the 70 evaluated rows were trained on\.$/);
  const one = judged(it, predictions, { train: Uint32Array.from([...it.train, it.rows[3]]) });
  assert.equal(one.verdict.standing, "ahead");
  assert.match(one.notes[0], /^1 of the 70 evaluated rows were trained on\.$/);
  // The same rows under other numbers, as when a folder is evaluated that the run was trained on.
  const copy = rowTable({
    drugs: Array.from(it.data.drug.of, (_, row) => it.data.drug.ids[it.data.drug.of[(row % 70) + 70]]),
    doses: Array.from({ length: 140 }, (_, row) => row % 70),
    outputs: genes,
    truth: Float32Array.from([...it.truth, ...it.truth]),
  });
  const copied = evaluate({ data: copy, rows: it.rows, train: it.train, unit: "drug", predictions });
  assert.match(copied.verdict.sentence, /all 70 rows were trained on/);
});

Deno.test("errors of several trainings are averaged before the bootstrap, not their predictions", () => {
  const it = world({ kind: "profile" });
  const seeds = [1, 2, 3].map((seed) => it.noisy(0.5, seed));
  const ridge = entry("ridge", "baseline", it.noisy(0.55, 9));
  const together = judged(it, [entry("net", "model", seeds[0], { repeats: seeds.slice(1) }), ridge]);
  const single = seeds.map((values) => judged(it, [entry("net", "model", values), ridge]));
  const mean = (of: (evaluation: typeof together) => number) =>
    single.reduce((sum, one) => sum + of(one) / 3, 0);
  const near = (a: number, b: number) => assert.ok(Math.abs(a - b) < 1e-9, `${a}, expected ${b}`);
  near(together.predictions[0].metrics.mse, mean(({ predictions }) => predictions[0].metrics.mse));
  near(
    together.predictions[0].metrics.pearsonDelta,
    mean(({ predictions }) => predictions[0].metrics.pearsonDelta),
  );
  near(together.verdict.lead, mean(({ verdict }) => verdict.lead));
  near(together.genes[7].mse, mean(({ genes }) => genes[7].mse));
  near(together.drugs[5].pearson!, mean(({ drugs }) => drugs[5].pearson!));
  const errors = single.map(({ predictions }) => predictions[0].metrics.mse);
  const centre = errors.reduce((sum, x) => sum + x / 3, 0);
  near(
    together.predictions[0].deviations!.mse,
    Math.sqrt(errors.reduce((sum, x) => sum + (x - centre) ** 2, 0) / 2),
  );
  assert.equal(together.verdict.seeds, 3);
  assert.match(together.verdict.sentence, /3 seeds\.$/);
  assert.equal(together.predictions[1].deviations, undefined);
});

Deno.test("coinciding baselines are marked and count once", () => {
  const it = world();
  const mean = it.noisy(0.4, 3);
  const { predictions, verdict } = judged(it, [
    entry("net", "model", it.noisy(0.5, 1)),
    entry("training mean", "baseline", mean),
    entry("cell mean", "baseline", mean.map((value) => value + 1e-8)),
  ]);
  assert.equal(verdict.against, "training mean");
  assert.deepEqual(predictions.map(({ coincidesWith }) => coincidesWith), [
    undefined,
    undefined,
    "training mean",
  ]);
});

Deno.test("where there are replicates, ceiling and replicate stand in the table and scores are shares of the gap", () => {
  const random = new RandomStream(4);
  const drugs = Array.from({ length: 60 }, (_, row) => `T${Math.floor(row / 2)}`);
  const mean = Float32Array.from({ length: 30 * genes }, () => random.normal());
  const clean = Float32Array.from(
    { length: 60 * genes },
    (_, i) => mean[Math.floor(i / (2 * genes)) * genes + i % genes],
  );
  const data = rowTable({
    drugs,
    kind: "profile",
    outputs: genes,
    truth: clean.map((value) => value + 0.5 * random.normal()),
  });
  const request = {
    data,
    rows: numbers(60),
    train: new Uint32Array(0),
    unit: "drug" as const,
    predictions: [
      entry("net", "model", clean.map((value) => value / 2)),
      entry("zero", "baseline", new Float32Array(clean.length)),
      entry("one", "baseline", new Float32Array(clean.length).fill(1)),
    ],
  };
  const { predictions, notes } = evaluate(request);
  assert.deepEqual(predictions.map(({ name, role }) => `${role} ${name}`), [
    "model net",
    "baseline zero",
    "baseline one",
    "ceiling noise ceiling",
    "reference one replicate predicts another",
  ]);
  const [net, zero, , ceiling, reference] = predictions;
  const share = (zero.metrics.mse - net.metrics.mse) / (zero.metrics.mse - ceiling.metrics.mse);
  assert.ok(Math.abs(net.shares!.mse - share) < 1e-12 && share > 0.6 && share < 0.9, `share ${share}`);
  assert.equal(zero.shares!.mse, 0);
  assert.ok(Math.abs(ceiling.metrics.mse - 0.25) < 0.03 && ceiling.lead === undefined);
  assert.ok(reference.metrics.mse > ceiling.metrics.mse && reference.shares === undefined && reference.lead);
  assert.equal(ceiling.metrics.kendallTau, undefined);
  assert.deepEqual(notes, []);
  const leaked = evaluate({
    ...request,
    predictions: [entry("net", "model", data.truth!.take(numbers(60))), ...request.predictions.slice(1)],
  });
  assert.match(leaked.notes[0], /^net passes the noise ceiling \(MSE 0, ceiling 0\.2\d+\)/);
});

Deno.test("a model whose scale is chance is judged by directions and has no errors", () => {
  const it = world({ kind: "profile" });
  const { primary, verdict, predictions } = judged(it, [
    entry("net", "model", it.truth.map((value) => 40 * value), { arbitraryScale: true }),
    entry("ridge", "baseline", it.noisy(0.5, 2)),
  ]);
  assert.deepEqual([primary, verdict.standing], ["pearson", "ahead"]);
  assert.deepEqual([predictions[0].metrics.mse, predictions[0].metrics.rmse], [undefined, undefined]);
  assert.ok(predictions[1].metrics.mse > 0);
});

Deno.test("parts hold each drug, cell line and gene once, and the density the slope of a flattened prediction", () => {
  const it = world({ kind: "profile" });
  const { drugs, cells, genes: table, density } = judged(it, [
    entry("net", "model", it.truth.map((value) => 0.3 * value + 1)),
    entry("ridge", "baseline", it.noisy(0.5, 2)),
  ]);
  assert.deepEqual([drugs.length, cells.length, table.length], [24, 3, genes]);
  assert.equal(drugs.reduce((sum, { rows }) => sum + rows, 0), 70);
  assert.equal(drugs[0].name, "name of T0");
  assert.ok(drugs.every(({ pearson, mse, baselineMse }) => pearson! > 0.999 && mse > 0 && baselineMse > 0));
  assert.ok(table.every(({ pearson, baselinePearson }) => pearson! > baselinePearson!));
  const total = drugs.reduce((sum, { rows, mse }) => sum + rows * mse, 0) / 70;
  assert.ok(Math.abs(total - table.reduce((sum, { mse }) => sum + mse / genes, 0)) < 1e-6);
  assert.ok(Math.abs(density.slope - 0.3) < 1e-6 && Math.abs(density.intercept - 1) < 1e-6);
  assert.ok(Math.abs(density.spreadRatio - 0.3) < 1e-6);
  assert.equal(density.counts.reduce((sum, count) => sum + count, 0) + density.outside, it.truth.length);
});

Deno.test("responses are judged by squared error, and correlate over rows, within drugs and within cell lines", () => {
  const it = world({ kind: "response" });
  const { verdict, predictions, drugs, cells, genes: none } = judged(it, [
    entry("net", "model", it.noisy(0.2, 1)),
    entry("mean", "baseline", new Float32Array(it.truth.length)),
  ]);
  assert.deepEqual([verdict.standing, verdict.metric, none.length], ["ahead", "mse", 0]);
  assert.ok(predictions[0].metrics.pearsonPerCell > 0.9 && predictions[0].metrics.pearsonPooled > 0.9);
  assert.equal(predictions[1].metrics.pearsonPooled, 0);
  assert.deepEqual(drugs.slice(0, 3).map(({ pearson }) => pearson === null), [true, true, false]);
  assert.ok(cells[0].pearson! > 0.9);
});

Deno.test("what cannot be compared is refused by name", () => {
  const it = world();
  const net = entry("net", "model", it.noisy(1, 1)), ridge = entry("ridge", "baseline", it.noisy(1, 2));
  const refuse = (predictions: Prediction[], message: RegExp, more: Partial<EvaluationRequest> = {}) =>
    assert.throws(() => judged(it, predictions, more), message);
  refuse([ridge, net], /The first prediction is a baseline, "ridge", expected the model to be judged/);
  refuse([net], /no baseline among the predictions/);
  refuse([net, ridge, { ...ridge, role: "negative" }], /Two predictions are called "ridge"/);
  refuse(
    [{ ...net, values: net.values.subarray(1) }, ridge],
    /"net" has 3009 values, expected 3010: 43 for each of 70 rows/,
  );
  refuse(
    [net, { ...ridge, repeats: [it.noisy(1, 3).fill(NaN, 90, 91)] }],
    /"ridge" is NaN for G4 of row sig72/,
  );
  refuse([net, ridge], /no truth to compare/, { data: { ...it.data, truth: undefined } });
  refuse([net, ridge], /no rows to evaluate/, { rows: new Uint32Array(0) });
});
