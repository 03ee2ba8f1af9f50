import assert from "node:assert/strict";
import { type Dataset, matrixOf } from "../../datasets/dataset.ts";
import { Chemistry } from "../../datasets/molecules/chemistry.ts";
import { hashSplit } from "../../datasets/splits/hash_split.ts";
import { CheckpointError } from "../../host/checkpoint/checkpoint_error.ts";
import { baselines } from "../../models/baselines/mod.ts";
import { namesOf } from "../../models/baselines/name_tensor.ts";
import { freeBaselines, modelNamed, models } from "../../models/registry.ts";
import { RunStore } from "../../models/run_store.ts";
import { fitBaseline, openBaseline } from "./fit_baseline.ts";
import { handDataset, handSplit } from "./hand_dataset.ts";
import { simulatedDataset } from "./simulated_dataset.ts";

const table = handDataset([
  { drug: "CO", cell: "x", basal: [10], truth: [1] },
  { drug: "CCO", cell: "x", basal: [11], truth: [3] },
  { drug: "CO", cell: "y", basal: [12], truth: [8] },
  { drug: "CCO", cell: "y", basal: [13], truth: [99] },
  { drug: "CCCO", cell: "y", basal: [14], truth: [77] },
  { drug: "CO", cell: "z", basal: [15], truth: [55] },
]);

Deno.test("means, additive, zero and no change are those worked out by hand, with their fallbacks", async () => {
  const split = handSplit([0, 1, 2], [3, 4, 5]);
  const values = async (name: string) => [...(await fitBaseline(name, table, split)).prediction];
  assert.deepEqual(await values("no-change"), [13, 14, 15]);
  assert.deepEqual(await values("zero"), [0, 0, 0]);
  assert.deepEqual(await values("training-mean"), [4, 4, 4]);
  assert.deepEqual(await values("cell-mean"), [8, 8, 4]);
  assert.deepEqual(await values("drug-mean"), [3, 4, 4.5]);
  assert.deepEqual(await values("additive"), [3 + 8 - 4, 8, 4.5]);
});

Deno.test("a random profile is a training row of the same cell line, keyed by its own row and the seed", async () => {
  const rows = Array.from({ length: 60 }, (_, k) => ({ drug: "CO", cell: k < 40 ? "x" : "y", truth: [k] }));
  const data = handDataset(rows);
  const split = handSplit([...Array(30).keys(), 40, 41, 42], [30, 31, 32, 33, 34, 50, 51]);
  const model = modelNamed("random-profile");
  assert.equal(model.role, "negative");
  const predictor = await openBaseline(model, data, split);
  await predictor.fit({});
  const drawn = await predictor.predict(split.test);
  drawn.forEach((value, k) => assert(k < 5 ? value < 30 : value >= 40 && value <= 42, `${k}: ${value}`));
  assert(new Set(drawn.subarray(0, 5)).size > 1, "all rows were dealt the same profile");
  assert.deepEqual(await predictor.predict(Uint32Array.of(34, 50)), Float32Array.of(drawn[4], drawn[5]));
  const other = await openBaseline(model, data, split, {}, 1);
  await other.fit({});
  assert.notDeepEqual(await other.predict(split.test), drawn);
});

Deno.test("nearest drugs are those of the same cell line, weighted by similarity; without a structure the cell mean", async () => {
  const propanol = "CCCO", butanol = "CCCCO", benzene = "c1ccccc1";
  const data = handDataset([
    { drug: butanol, cell: "x", truth: [1, 10] },
    { drug: benzene, cell: "x", truth: [3, 30] },
    { drug: benzene, cell: "x", truth: [5, 50] },
    { drug: butanol, cell: "y", truth: [100, 1000] },
    { drug: propanol, cell: "x", truth: [0, 0] },
    { drug: propanol, cell: "z", truth: [0, 0] },
    { drug: "?", cell: "x", truth: [0, 0] },
    { drug: benzene, cell: "x", truth: [0, 0] },
  ]);
  const split = handSplit([0, 1, 2, 3], [4, 5, 6, 7]);
  const one = await fitBaseline("nearest", data, split, { neighbours: [1], temperatures: [1] });
  // In x butanol; in z, never trained on, butanol over all lines; "?" the mean of the rows of x; benzene itself.
  assert.deepEqual([...one.prediction], [1, 10, 50.5, 505, 3, 30, 4, 40]);
  assert.equal(one.chosen, "the nearest drug, temperature 1");

  const { prediction } = await fitBaseline("nearest", data, split, { neighbours: [2], temperatures: [0.25] });
  const chemistry = await Chemistry.load();
  const [first, second] = [propanol, butanol].map((smiles) => chemistry.morganBits(smiles, 2, 1024));
  const count = (keep: (bit: number) => number) => first.reduce((sum, _, bit) => sum + keep(bit), 0);
  const similarity = count((bit) => first[bit] & second[bit]) / count((bit) => first[bit] | second[bit]);
  assert(similarity > 0.3 && similarity < 0.9);
  // Benzene shares no bit with propanol.
  const weight = Math.exp(-similarity / 0.25);
  const expected = (1 + 4 * weight) / (1 + weight);
  assert(Math.abs(prediction[0] - expected) < 1e-6, `${prediction[0]}, expected ${expected}`);
  assert(Math.abs(prediction[1] - 10 * expected) < 1e-5);
});

Deno.test("a trained drug without structure is nearest to itself; an unknown dose counts as the mean one", async () => {
  const data = handDataset([
    { drug: "CO", cell: "x", truth: [1] },
    { drug: "?", cell: "x", truth: [9] },
    { drug: "CCO", cell: "x", dose: 1, truth: [2] },
    { drug: "?", cell: "x", truth: [0] },
    { drug: "CO", cell: "x", dose: NaN, truth: [0] },
    { drug: "CO", cell: "x", dose: 10 ** (2 / 3), truth: [0] },
  ]);
  const split = handSplit([0, 1, 2], [3, 4, 5]);
  const { prediction } = await fitBaseline("nearest", data, split, { neighbours: [1], temperatures: [1] });
  assert.deepEqual([...prediction], [9, 1, 1]);
  const ridge = (await fitBaseline("ridge", data, split, { penalties: [0.1] })).prediction;
  assert(Number.isFinite(ridge[1]) && Math.abs(ridge[1] - ridge[2]) < 1e-6, `${ridge}`);
});

Deno.test("nearest chooses neighbours and temperature on the validation rows, and tells them again after restore()", async () => {
  const drugs = ["CCCO", "CCCCO", "CCCCCO", "c1ccccc1", "Cc1ccccc1", "Oc1ccccc1"];
  const rows = drugs.flatMap((drug, k) =>
    [0, 1].map(() => ({ drug, cell: "x", truth: k < 3 ? [1, 2] : [-1, 5] }))
  );
  const data = handDataset(rows);
  const split = handSplit([0, 1, 2, 3, 6, 7, 8, 9], [10, 11], [4, 5]);
  const settings = { neighbours: [4, 2], temperatures: [0.1, 10] };
  const { predictor, chosen, prediction } = await fitBaseline("nearest", data, split, settings);
  assert.equal(chosen, "2 drugs, temperature 0.1");
  const again = await openBaseline(modelNamed("nearest"), data, split, settings);
  again.restore(await predictor.state());
  assert.deepEqual(await again.predict(split.test), prediction);
});

Deno.test("ridge solves its normal equations to 4e-9, in the primal form and in the dual one", async () => {
  const { fitRidge } = await import("../../models/baselines/ridge_fit.ts");
  const { RowFeatures } = await import("../../models/baselines/row_features.ts");
  const drugs = ["CO", "CCO", "CCCO", "c1ccccc1O", "CC(=O)Oc1ccccc1C(=O)O", "CCN", "CCCN"];
  const wave = (seed: number) => Math.sin(seed * 12.9898) * 3;
  const rows = Array.from({ length: 90 }, (_, k) => ({
    drug: drugs[k % 7],
    cell: "xyz"[(k * k) % 3],
    dose: k % 11 === 5 ? NaN : 10 ** (Math.floor(k / 4) % 3),
    time: k % 2 ? 6 : 24,
    // Three rows in a row share their control, and some controls differ in their last gene alone.
    basal: Array.from(
      { length: 5 },
      (_, g) => wave(g < 4 ? Math.floor(k / 6) * 5 + g : Math.floor(k / 3) + 50),
    ),
    truth: [wave(k + 300), wave(k + 400) + (k % 7), wave(k + 500)],
  }));
  const data = handDataset(rows);
  const features = await RowFeatures.of(data, 1024);
  for (const size of [70, 13]) {
    const train = Uint32Array.from({ length: size }, (_, k) => k);
    const fit = fitRidge(features, data.truth!, { train, validation: new Uint32Array() }, [3]);

    // The same by the book: every column by itself, K = XXᵀ, Gauss elimination.
    const drug = (row: number) => data.drug.of[row];
    const cells = [...new Set(Array.from(train, (row) => data.cell.of[row]))];
    const means = [0, 1].map((column) => {
      const known = Array.from(train, (row) => features.dense(Uint32Array.of(row))[column]).filter((v) =>
        !Number.isNaN(v)
      );
      return known.reduce((sum, value) => sum + value, 0) / known.length;
    });
    const vector = (row: number) => [
      ...Array.from({ length: 1024 }, (_, bit) => Number(features.onBits[drug(row)].includes(bit))),
      ...cells.map((cell) => data.cell.of[row] === cell ? 5 : 0),
      ...Array.from(
        features.dense(Uint32Array.of(row)),
        (value, k) => Number.isNaN(value) ? means[k] : value,
      ),
    ];
    const x = Array.from(train, vector);
    const centre = x[0].map((_, k) => x.reduce((sum, row) => sum + row[k] / size, 0));
    const centred = x.map((row) => row.map((value, k) => value - centre[k]));
    const y = data.truth!.take(train);
    const average = [0, 1, 2].map((o) =>
      Array.from(train).reduce((sum, _, r) => sum + y[r * 3 + o] / size, 0)
    );
    const system = centred.map((a, r) => [
      ...centred.map((b, c) => a.reduce((sum, value, k) => sum + value * b[k], r === c ? 3 : 0)),
      ...[0, 1, 2].map((o) => y[r * 3 + o] - average[o]),
    ]);
    eliminate(system);
    for (const row of [75, 80, 89]) {
      const query = vector(row).map((value, k) => value - centre[k]);
      const dots = centred.map((b) => b.reduce((sum, value, k) => sum + value * query[k], 0));
      for (let o = 0; o < 3; o++) {
        const expected = average[o] + dots.reduce((sum, dot, r) => sum + dot * system[r][size + o], 0);
        const dense = features.dense(Uint32Array.of(row)).map((value, k) =>
          Number.isNaN(value) ? fit.denseMeans[k] : value
        );
        let found = fit.bias[o] + dense.reduce((sum, value, k) => sum + value * fit.dense[k * 3 + o], 0);
        found += 5 * (fit.cells.get(data.cell.of[row])?.[o] ?? 0);
        for (const bit of features.onBits[drug(row)]) found += fit.bits[bit * 3 + o];
        // Weights of bits are kept in float32.
        assert(Math.abs(found - expected) < 5e-7, `${size} rows: ${found}, expected ${expected}`);
      }
    }
  }
});

function eliminate(system: number[][]): void {
  const n = system.length;
  for (let p = 0; p < n; p++) {
    for (let r = 0; r < n; r++) {
      if (r === p) continue;
      const factor = system[r][p] / system[p][p];
      for (let c = p; c < system[p].length; c++) system[r][c] -= factor * system[p][c];
    }
    const pivot = system[p][p];
    for (let c = p; c < system[p].length; c++) system[p][c] /= pivot;
  }
}

Deno.test("ridge trained on one drug in one cell line predicts another drug as that one, in both forms", async () => {
  for (const rows of [2, 9]) {
    const trained = Array.from({ length: rows }, (_, k) => ({ drug: "CO", cell: "x", truth: [k, 3, -k] }));
    const data = handDataset([...trained, { drug: "CCO", cell: "y", truth: [0, 0, 0] }]);
    const { prediction } = await fitBaseline("ridge", data, handSplit([...trained.keys()], [rows]));
    const mean = (rows - 1) / 2;
    assert.deepEqual([...prediction], [mean, 3, -mean]);
  }
});

Deno.test("the primal and the dual form of ridge agree to 4e-9 on the same rows", async () => {
  const { solveRidge } = await import("../../models/baselines/ridge_solver.ts");
  const { products, transposed } = await import("../../models/baselines/dense_algebra.ts");
  const [rows, columns, outputs, asked] = [61, 37, 5, 9];
  const noise = (count: number, seed: number) =>
    Float64Array.from({ length: count }, (_, k) => Math.sin(1e4 * Math.sin(seed + k)) * 2);
  const x = noise(rows * columns, 1), y = noise(rows * outputs, 2), v = noise(asked * columns, 3);
  const xt = transposed(x, columns), yt = transposed(y, outputs), truth = noise(asked * outputs, 4);
  const penalties = [0.1, 7, 1000];
  const primal = solveRidge(
    { size: columns, matrix: products(xt, xt, rows), right: products(yt, xt, rows) },
    () => [{ features: v, truth }],
    penalties,
  );
  const dual = solveRidge(
    { size: rows, matrix: products(x, x, columns), right: yt },
    () => [{ features: products(v, x, columns), truth }],
    penalties,
  );
  assert.equal(primal.penalty, dual.penalty);
  const [first, second] = [
    products(v, primal.weights, columns),
    products(products(v, x, columns), dual.weights, rows),
  ];
  first.forEach((value, at) => assert(Math.abs(value - second[at]) < 4e-9, `${value}, ${second[at]}`));
});

Deno.test("solveRidge() takes the penalty that the validation rows prefer, whatever its place in the list", async () => {
  const { solveRidge } = await import("../../models/baselines/ridge_solver.ts");
  // One column of ones: w = sum / (n + penalty) = 6 / (3 + penalty).
  const system = {
    size: 1,
    matrix: Float64Array.of(3),
    right: Float64Array.of(6),
  };
  const rows = (...truth: number[]) => () =>
    truth.map((value) => ({ features: Float64Array.of(1), truth: Float64Array.of(value) }));
  for (const [truth, penalty] of [[1.9, 0.1], [0.98, 3], [0.1, 100]]) {
    assert.equal(solveRidge(system, rows(truth), [3, 100, 0.1]).penalty, penalty);
  }
  // More validation rows than outputs go the other way: their mean is 1.
  assert.equal(solveRidge(system, rows(1.5, 0.2, 1.3), [100, 0.1, 3]).penalty, 3);
  const none = solveRidge(system, rows(), [100, 0.1, 3]);
  assert.equal(none.penalty, 3);
  assert(Math.abs(none.weights[0] - 1) < 1e-15);
});

Deno.test("a baseline restored on rows it never saw predicts what the fitted one does, without training data", async () => {
  const data = await simulatedDataset("profiles");
  const split = hashSplit({ rows: data.rows, kind: "random", split: 0 });
  for (
    const name of ["training-mean", "cell-mean", "drug-mean", "additive", "ridge", "ridge-conditions", "zero"]
  ) {
    const { predictor, prediction } = await fitBaseline(name, data, split);
    assert.equal(modelNamed(name).looksAtTraining, false);
    // The test rows alone, drugs and cell lines numbered in another order, without truth.
    const alone = onlyRows(data, split.test);
    const all = Uint32Array.from({ length: alone.rows }, (_, row) => row);
    const restored = await openBaseline(modelNamed(name), alone, {
      ...split,
      train: new Uint32Array(),
      test: all,
    });
    await assert.rejects(() => restored.predict(all), /was neither fitted to .* nor restored/);
    restored.restore(await predictor.state());
    assert.deepEqual(await restored.predict(all), prediction, name);
  }
});

function onlyRows(data: Dataset, rows: Uint32Array): Dataset {
  const again = (key: Dataset["drug"]) => {
    const ids = [...new Set(Array.from(rows, (row) => key.ids[key.of[row]]))].reverse();
    return {
      ...key,
      ids,
      names: ids,
      of: Uint32Array.from(rows, (row) => ids.indexOf(key.ids[key.of[row]])),
    };
  };
  const drug = again(data.drug);
  return {
    ...data,
    rows: rows.length,
    drug,
    cell: again(data.cell),
    structures: drug.ids.map((id) => data.structures[data.drug.ids.indexOf(id)]),
    dose: Float32Array.from(rows, (row) => data.dose[row]),
    time: Float32Array.from(rows, (row) => data.time[row]),
    truth: undefined,
    basal: matrixOf(data.basal!.take(rows), data.basal!.columns),
  };
}

Deno.test("a baseline keeps its result in the run folder, and fitting there again takes it from there", async () => {
  const profiles: Dataset = await simulatedDataset("profiles");
  const onGraph: Dataset = await simulatedDataset("knowledge-graph");
  const split = hashSplit({ rows: profiles.rows, kind: "random", split: 0 });
  for (const model of baselines) {
    const data = model.layouts.includes("profiles") ? profiles : onGraph;
    const folder = await Deno.makeTempDir();
    const first = await openBaseline(model, data, split);
    const outcome = await first.fit({ store: new RunStore(folder) });
    assert.deepEqual([outcome.status, outcome.step, outcome.bestEpoch], ["finished", 0, null]);
    const store = new RunStore(folder);
    // What training rows say is no longer asked for, except where predicting itself looks at them.
    const blinded = { ...split, train: model.looksAtTraining ? split.train : new Uint32Array() };
    const second = await openBaseline(model, data, blinded);
    const again = await second.fit({ store });
    assert.equal(again.chosen, outcome.chosen, model.name);
    assert.deepEqual(await second.predict(split.test), await first.predict(split.test), model.name);
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a state of another model, another size, or with a NaN is refused by the name of its parameter", async () => {
  const split = handSplit([0, 1, 2], [3]);
  const mean = (await fitBaseline("cell-mean", table, split)).predictor;
  const ridge = (await fitBaseline("ridge", table, split)).predictor;
  const state = await ridge.state();
  assert.throws(
    () => mean.restore(state),
    (error: Error) =>
      error instanceof CheckpointError && /Parameter grand: the checkpoint has none/.test(error.message),
  );
  const bias = { shape: [1], dtype: "F32" as const, data: Float32Array.of(NaN) };
  assert.throws(() => ridge.restore(new Map(state).set("bias", bias)), /Parameter bias: value 0 is NaN/);
  const wide = { shape: [2], dtype: "F32" as const, data: Float32Array.of(1, 2) };
  assert.throws(() => ridge.restore(new Map(state).set("bias", wide)), /has shape \[2\], expected \[1\]/);
});

Deno.test("every layout has its baselines, no change where there is an untreated profile to predict", () => {
  const names = (layout: string) => freeBaselines({ layout }).map(({ name }) => name);
  assert(names("profiles").includes("no-change"));
  for (const layout of ["signatures", "response"]) {
    assert(!names(layout).includes("no-change"));
    for (const name of ["training-mean", "cell-mean", "additive", "ridge", "nearest"]) {
      assert(names(layout).includes(name), `${layout} lacks ${name}`);
    }
  }
  assert.deepEqual(names("signatures").includes("ridge-conditions"), false, "it is ridge itself there");
  for (const model of baselines) assert(models.includes(model));
});

Deno.test("an unknown model is refused with the name that was probably meant", () => {
  assert.throws(() => modelNamed("ridgee"), /There is no model "ridgee"; did you mean ridge\?/);
  assert.throws(() => modelNamed("transformer"), /There is no model "transformer"; expected one of csg2a, /);
});

Deno.test("names of a fitted model that are none are called damage", () => {
  const state = (text: string) => {
    const data = Int32Array.from(new TextEncoder().encode(text));
    return new Map([["drugs", { shape: [data.length], dtype: "I32", data } as const]]);
  };
  assert.deepEqual(namesOf(state('["é", "b"]'), "drugs"), ["é", "b"]);
  for (const text of ['{"a":1}', '["a", 7]', "[", "null", ""]) {
    assert.throws(() => namesOf(state(text), "drugs"), CheckpointError, text);
  }
});
