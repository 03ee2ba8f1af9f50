import assert from "node:assert/strict";
import { hashSplit } from "../../datasets/splits/hash_split.ts";
import type { Dataset } from "../../datasets/dataset.ts";
import { csg2aModel } from "../../models/csg2a/model.ts";
import { csg2aResponseModel } from "../../models/csg2a_response/model.ts";
import type { Model, OpenOptions } from "../../models/model.ts";
import { RunStore } from "../../models/run_store.ts";
import { trainingSchema } from "../../models/training_settings.ts";
import { testEngine } from "../support/engine.ts";
import { deviceTest, releaseEngines } from "../support/gpu_test.ts";
import { simulatedDataset } from "./simulated_dataset.ts";

const tiny = { hiddenWidth: 16, mat: { width: 16, layers: 1, heads: 2 } };

function optionsOf(model: Model, data: Dataset): OpenOptions<unknown, unknown> {
  const preset = Object.values(model.presets)[0];
  return {
    data,
    split: hashSplit({ rows: data.rows, kind: "random", split: 0 }),
    settings: { ...preset.settings, ...tiny },
    training: { ...preset.training!, epochs: 3, patience: null, batchSize: 23 },
    seed: 5,
    engine: () => testEngine("software"),
  };
}

async function bytesOf(folder: string): Promise<string> {
  const bytes = await Deno.readFile(`${folder}/checkpoint.safetensors`);
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

deviceTest(
  "a CSG2A stopped between two steps and fitted again by another predictor ends in the same bytes",
  async () => {
    const data = await simulatedDataset();
    const options = optionsOf(csg2aModel, data);
    const [whole, stopped] = [await Deno.makeTempDir(), await Deno.makeTempDir()];
    await using first = await csg2aModel.open(options as OpenOptions<never, never>);
    const outcome = await first.fit({ store: new RunStore(whole) });
    assert.deepEqual([outcome.status, outcome.step, outcome.epoch, outcome.bestEpoch], ["finished", 9, 3, 3]);

    const abort = new AbortController();
    await using second = await csg2aModel.open(options as OpenOptions<never, never>);
    const half = await second.fit({
      store: new RunStore(stopped),
      signal: abort.signal,
      onEpoch: () => abort.abort(),
    });
    assert.deepEqual([half.status, half.epoch], ["stopped", 1]);
    await using third = await csg2aModel.open(options as OpenOptions<never, never>);
    await third.fit({ store: new RunStore(stopped) });
    assert.equal(await bytesOf(stopped), await bytesOf(whole));

    const rows = options.split.test;
    const predicted = await first.predict(rows);
    assert.deepEqual(await third.predict(rows), predicted);
    await using fourth = await csg2aModel.open(options as OpenOptions<never, never>);
    assert.notDeepEqual(await fourth.predict(rows), predicted);
    fourth.restore(await first.state());
    assert.deepEqual(await fourth.predict(rows), predicted);
    for (const folder of [whole, stopped]) await Deno.remove(folder, { recursive: true });
  },
);

deviceTest("with early stopping the result of fit() is the best epoch's, not the last one's", async () => {
  const data = await simulatedDataset();
  const options = optionsOf(csg2aModel, data);
  // A rate this high soon makes the validation error worse than it was.
  const training = { ...options.training!, epochs: 8, patience: 8, learningRate: 0.05 };
  const lines: { epoch: number; validationLoss: number | null }[] = [];
  await using predictor = await csg2aModel.open({ ...options, training } as OpenOptions<never, never>);
  const { bestEpoch } = await predictor.fit({ onEpoch: (line) => void lines.push(line) });
  const best = lines.toSorted((a, b) => a.validationLoss! - b.validationLoss!)[0];
  assert.equal(bestEpoch, best.epoch);
  assert.notEqual(bestEpoch, 8, "the last epoch was the best, so that this test shows nothing");
  const rows = options.split.validation;
  const [predicted, truth] = [await predictor.predict(rows), data.truth!.take(rows)];
  const mse = truth.reduce((sum, value, at) => sum + (value - predicted[at]) ** 2, 0) / truth.length;
  assert(Math.abs(mse - best.validationLoss!) < 1e-6, `${mse}, ${best.validationLoss}`);
});

deviceTest("profile() times a step and leaves the parameters as they were", async () => {
  const data = await simulatedDataset();
  await using predictor = await csg2aModel.open(optionsOf(csg2aModel, data) as OpenOptions<never, never>);
  const before = await predictor.state();
  const timings = await predictor.profile!();
  const engine = await testEngine("software");
  assert.equal(timings !== undefined, engine.device.hasTimestamps);
  if (timings) assert(timings.length > 20, `${timings.length} dispatches`);
  assert.deepEqual(await predictor.state(), before);
});

deviceTest("CSG2A explains the rows of one condition by pairs of genes, and refuses several", async () => {
  const data = await simulatedDataset();
  await using predictor = await csg2aModel.open(optionsOf(csg2aModel, data) as OpenOptions<never, never>);
  const { samples, genes, ppi } = data.inputs;
  const rows = Uint32Array.from({ length: data.rows }, (_, row) => row).filter((row) =>
    samples.drugOfRow[row] === 2 && samples.dose[row] === samples.dose[0]
  );
  assert(rows.length > 1);
  const explanation = await predictor.explain!(rows);
  const map = explanation.maps["gene-gene"]!;
  assert.equal(explanation.smiles, samples.drugs[2]);
  assert.deepEqual(map.shape, [genes.length, genes.length]);
  const [a, b] = explanation.pairs[0].genes.map((gene) => genes.indexOf(gene));
  assert(a < b);
  assert.equal(explanation.pairs[0].score, map.values[a * genes.length + b]);
  assert.equal(explanation.pairs[0].score, Math.max(...offDiagonal(map.values, genes.length)));
  assert.equal(
    explanation.pairs[0].inGraph,
    ppi.indices.subarray(ppi.indptr[a], ppi.indptr[a + 1]).includes(b),
  );

  // Without its condition's half the block attends by s (g_i w_i).(g_j w_j) + P, g the basal profile of the row.
  const parameters = await predictor.state();
  const { shape, data: half } = parameters.get("w_comp")!;
  predictor.restore(
    new Map(parameters).set("w_comp", { shape, dtype: "F32", data: new Float32Array(half.length) }),
  );
  const [n, width] = [genes.length, half.length / genes.length];
  const bare = (await predictor.explain!(rows.subarray(0, 1))).maps["gene-gene"]!.values;
  const profile = data.basal!.take([rows[0]]), weights = parameters.get("w_gex")!.data as Float32Array;
  for (const [i, j] of [[3, 7], [150, 12], [9, 9]]) {
    let product = 0;
    for (let k = 0; k < width; k++) product += weights[i * width + k] * weights[j * width + k];
    const edge = ppi.indices.subarray(ppi.indptr[i], ppi.indptr[i + 1]).includes(j) ? 1 : 0;
    const expected = profile[i] * profile[j] * product / Math.sqrt(width) + edge;
    assert(Math.abs(bare[i * n + j] - expected) < 1e-5 * Math.max(1, Math.abs(expected)), `${i}, ${j}`);
  }
  predictor.restore(parameters);

  // Another row of the condition has another profile, and so another map.
  const one = await predictor.explain!(rows.subarray(0, 1));
  assert.notDeepEqual(one.maps["gene-gene"]!.values, map.values);
  const other = Array.from(samples.dose.keys()).find((row) =>
    samples.drugOfRow[row] === 2 && samples.dose[row] !== samples.dose[rows[0]]
  )!;
  await assert.rejects(
    async () => await predictor.explain!(Uint32Array.of(rows[0], other)),
    /2 different values of dose among the 2 rows to explain, expected one/,
  );
  await assert.rejects(
    async () => await predictor.explain!(Uint32Array.of(0, 1, data.rows - 1)),
    /different values of molecule among the 3 rows to explain, expected one; choose rows of one condition/,
  );
});

deviceTest(
  "CSG2A response caches frozen molecules, trains its heads alone, and takes a state back",
  async () => {
    const data = await simulatedDataset("response");
    const options = optionsOf(csg2aResponseModel, data);
    await using predictor = await csg2aResponseModel.open(options as OpenOptions<never, never>);
    const before = await predictor.state();
    await predictor.fit({});
    const after = await predictor.state();
    const moved = [...after].filter(([key, { data }]) =>
      data.some((value, at) => value !== before.get(key)!.data[at])
    ).map(([key]) => key);
    assert(moved.includes("pred_head.8.weight"));
    assert(moved.every((key) => !key.startsWith("CSG2A.") || /running|num_batches/.test(key)), moved.join());
    const predicted = await predictor.predict(options.split.test);
    assert.equal(predicted.length, options.split.test.length);
    predictor.restore(before);
    assert.notDeepEqual(await predictor.predict(options.split.test), predicted);
    predictor.restore(after);
    assert.deepEqual(await predictor.predict(options.split.test), predicted);
    const [row] = options.split.test;
    const explanation = await predictor.explain!(Uint32Array.of(row));
    assert.equal(explanation.prediction[0], predicted[0]);
    assert.equal(explanation.genes.length, 160);
  },
);

Deno.test("every preset of CSG2A satisfies the schemas, and a bad width is refused with its reason", () => {
  for (const model of [csg2aModel, csg2aResponseModel] as Model[]) {
    for (const { settings, training } of Object.values(model.presets)) {
      assert.deepEqual(model.settings.parse(settings), settings);
      assert.deepEqual(trainingSchema.parse(training), training);
    }
    const { settings } = Object.values(model.presets)[0];
    const faulty = model.settings.safeParse({ ...settings, mat: { width: 30, layers: 1, heads: 4 } });
    assert.match(String(faulty.error), /the MAT width must be a multiple of its heads/);
  }
});

function* offDiagonal(values: Float64Array, n: number): Generator<number> {
  for (let at = 0; at < values.length; at++) if (at % (n + 1) !== 0) yield values[at];
}

releaseEngines();
