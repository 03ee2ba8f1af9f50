import assert from "node:assert/strict";
import type { Dataset } from "../../../datasets/dataset.ts";
import { evaluate } from "../../../datasets/evaluation/evaluate.ts";
import type { Prediction } from "../../../datasets/evaluation/types.ts";
import { RandomStream } from "../../../datasets/random.ts";
import { numbers, rowTable } from "./row_table.ts";
import { entry, genes, judged, world } from "./world.ts";

Deno.test("a disturbed input matters, does not, may, or was not tested", () => {
  const it = world({ kind: "profile" });
  const own = it.noisy(0.5, 1);
  const matters = (...controls: Prediction[]) => {
    const { verdict } = judged(it, [
      entry("net", "model", own),
      entry("other", "model", it.noisy(0.4, 7)),
      entry("ridge", "baseline", it.noisy(0.6, 2)),
      ...controls,
    ]);
    return [verdict.drugMatters, verdict.cellMatters, verdict.controls] as const;
  };
  const removed = (values: Float32Array) => entry("removed", "control", values, { control: "drug-removed" });
  const permuted = (values: Float32Array) =>
    entry("permuted", "control", values, { control: "drug-permuted" });
  const nearly = own.map((value, i) => value + 1e-3 * (i % 2 - 0.5));
  const loose = it.noisy((drug) => drug % 2 ? 0.5 : 0.51, 4);

  assert.deepEqual(matters(), [
    "untested",
    "untested",
    "Whether the drug matters was not tested. Whether the cell line matters was not tested.",
  ]);
  const yes = matters(removed(it.noisy(0.8, 3)));
  assert.deepEqual(yes.slice(0, 2), ["yes", "untested"]);
  assert.match(
    yes[2],
    /^The drug matters: without it MSE is worse by 0\.\d+ \[0\.\d+, 0\.\d+\]\. Whether the cell line matters was not tested\.$/,
  );
  assert.equal(matters(removed(nearly), permuted(it.noisy(0.8, 3)))[0], "yes", "either shows it");
  const no = matters(removed(nearly), permuted(own.slice()));
  assert.equal(no[0], "no");
  assert.match(
    no[2],
    /^The drug does not matter: without it MSE is \w+ by \S+ \[.*\] and with drugs permuted it predicts the same\./,
  );
  assert.equal(matters(removed(it.noisy(0.3, 3)))[0], "no", "better without it");
  const unclear = matters(removed(loose));
  assert.equal(unclear[0], "unclear", unclear[2]);
  assert.match(unclear[2], /^Whether the drug matters is unclear: without it/);
  assert.equal(matters(removed(nearly), permuted(loose))[0], "unclear", "one of two leaves room");
  const cell = matters(entry("cells", "control", it.noisy(0.8, 3), { control: "cell-permuted" }));
  assert.deepEqual(cell.slice(0, 2), ["untested", "yes"]);
  assert.match(cell[2], /The cell line matters: with cell lines permuted MSE is worse by/);
  const others = entry("other's", "control", it.noisy(0.8, 3), { control: "drug-removed", of: "other" });
  assert.equal(matters(others)[0], "untested", "another model's control says nothing of this one");
});

Deno.test("what counts as small is measured by what noise leaves to reach", () => {
  // Three replicates a condition, a model next to the ceiling, and a control that may lose half a per cent of the whole error,
  // which is several per cent of what is left to reach.
  const random = new RandomStream(8);
  const drugs = Array.from({ length: 90 }, (_, row) => `T${Math.floor(row / 3)}`);
  const mean = Float32Array.from({ length: 30 * genes }, () => random.normal());
  const clean = Float32Array.from(
    { length: 90 * genes },
    (_, i) => mean[Math.floor(i / (3 * genes)) * genes + i % genes],
  );
  const data = rowTable({
    drugs,
    kind: "profile",
    outputs: genes,
    truth: clean.map((value) => value + random.normal()),
  });
  const off = (size: (drug: number) => number) =>
    clean.map((value, i) => value + size(Math.floor(i / (3 * genes))) * (i % 2 ? 1 : -1));
  const verdict = (data: Dataset) =>
    evaluate({
      data,
      rows: numbers(90),
      train: new Uint32Array(0),
      unit: "drug",
      predictions: [
        entry("net", "model", off(() => 0.3)),
        entry("zero", "baseline", new Float32Array(clean.length)),
        entry("removed", "control", off((drug) => drug % 2 ? 0.32 : 0.28), { control: "drug-removed" }),
      ],
    }).verdict;
  assert.equal(verdict(data).drugMatters, "unclear");
  const single = { ...data, condition: numbers(90) };
  assert.equal(verdict(single).drugMatters, "no", "without a ceiling the whole error is the measure");
});

Deno.test("permuting the only cell line is not counted and said to be nothing", () => {
  const it = world();
  const one = {
    ...it,
    data: {
      ...it.data,
      cell: { ids: ["A375"], names: ["A375"], of: new Uint32Array(it.data.rows), merged: [] },
    },
  };
  const { verdict, notes } = judged(one, [
    entry("net", "model", it.noisy(0.5, 1)),
    entry("zero", "baseline", it.noisy(2, 2)),
    entry("cells", "control", it.noisy(0.5, 1), { control: "cell-permuted" }),
  ]);
  assert.equal(verdict.cellMatters, "untested");
  assert.deepEqual(notes, [
    "All evaluated rows are of one cell line: permuting it changes nothing and is not counted.",
  ]);
});

Deno.test("a lead that one mechanism carries is ahead over drugs and level over clusters, and the note names it", () => {
  const it = world({ drugs: 30, kind: "profile" });
  const inhibitor = (drug: number) => drug >= 20;
  const own = it.noisy((drug) => inhibitor(drug) ? 0.3 : 0.6, 1);
  const predictions = [entry("net", "model", own), entry("ridge", "baseline", it.noisy(0.6, 2))];
  const alone = judged(it, predictions);
  assert.equal(alone.verdict.standing, "ahead");
  assert.equal(alone.verdict.clusters, undefined);
  assert.deepEqual(alone.notes, []);
  const clusters = new Map(Array.from({ length: 30 }, (_, drug) => [
    `T${drug}`,
    inhibitor(drug) ? "MEK inhibitor" : `mechanism ${drug % 11}`,
  ]));
  const { verdict, notes } = judged(it, predictions, { clusters });
  assert.equal(verdict.standing, "level");
  assert.deepEqual(verdict.interval, alone.verdict.interval, "the interval over drugs stays");
  assert.equal(verdict.clusters!.units, 12);
  assert.ok(verdict.clusters!.interval![0] < 0);
  assert.match(
    verdict.sentence,
    /over 30 held-out drugs and \[-0\.\d+, 0\.\d+\] over 12 mechanism clusters, 1 seed\.$/,
  );
  assert.equal(notes.length, 1);
  assert.match(
    notes[0],
    /^MEK inhibitor \(10 drugs\) carries (9\d|10\d) % of the lead over ridge; without it the lead is -?0\.0\d+ \[-0\.\d+, 0\.\d+\]\.$/,
  );
  const chance = judged(it, [
    entry("net", "model", it.noisy((drug) => inhibitor(drug) ? 0.57 : 0.6, 5)),
    predictions[1],
  ], {
    clusters,
  });
  assert.ok(chance.verdict.lead > 0 && chance.verdict.interval![0] < 0, chance.verdict.sentence);
  assert.deepEqual(chance.notes, [], "nobody carries a lead that may be none");
  const few = judged(it, predictions, {
    clusters: new Map([...clusters].map(([id, name]) => [id, name.slice(0, 3)])),
  });
  assert.deepEqual([few.verdict.standing, few.verdict.clusters], ["level", { interval: null, units: 2 }]);
  assert.match(few.verdict.sentence, /and 2 mechanism clusters, too few for an interval/);
});
