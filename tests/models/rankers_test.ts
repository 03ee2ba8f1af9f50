import assert from "node:assert/strict";
import type { BadgerData } from "../../datasets/badger/types.ts";
import type { Dataset } from "../../datasets/dataset.ts";
import { layoutNamed } from "../../datasets/layouts/mod.ts";
import { hashSplit } from "../../datasets/splits/hash_split.ts";
import { badgerTask } from "../../models/badger/open.ts";
import { badgerModel } from "../../models/badger/model.ts";
import { badgerLightModel } from "../../models/badger_light/model.ts";
import { cigerTask } from "../../models/ciger/model.ts";
import { deepceTask } from "../../models/deepce/model.ts";
import type { DeviceTask } from "../../models/device_task.ts";
import { knnModel } from "../../models/knn/model.ts";
import { openMlp } from "../../models/mlp/open.ts";
import { mlpModel } from "../../models/mlp/model.ts";
import type { Model, OpenOptions, Predictor } from "../../models/model.ts";
import { scheduleOf } from "../../models/network_predictor.ts";
import { releasedCriterion } from "../../models/ranking/criterion.ts";
import { modelNamed } from "../../models/registry.ts";
import { trainLoop } from "../../models/train_loop.ts";
import { trainingSchema } from "../../models/training_settings.ts";
import { testEngine } from "../support/engine.ts";
import { deviceTest, releaseEngines } from "../support/gpu_test.ts";
import { simulatedDataset, smallExperiment } from "./simulated_dataset.ts";

const rankingFamilies = ["badger", "badger-light", "mlp", "knn", "deepce", "ciger"] as const;
type RankingFamily = typeof rankingFamilies[number];

// deno-lint-ignore no-explicit-any
type OpenTask = (options: OpenOptions<any, BadgerData>) => Promise<DeviceTask<any>>;

/** The models as training tasks; kNN trains the MLP. */
const tasks: Readonly<Record<RankingFamily, OpenTask>> = {
  badger: (options) => badgerTask(options, false),
  "badger-light": (options) => badgerTask(options, true),
  mlp: openMlp,
  knn: ({ settings: { neighbours: _, ...settings }, ...options }) => openMlp({ ...options, settings }),
  deepce: deepceTask,
  ciger: cigerTask,
};

/** Small enough for a software driver. */
const sizes: Readonly<Record<RankingFamily, Record<string, unknown>>> = {
  badger: { hidden: 16 },
  "badger-light": { hidden: 16 },
  mlp: { hidden: 16, stages: [24] },
  knn: { hidden: 16, stages: [24], neighbours: 3 },
  deepce: { hidden: 16, convolutions: [8], layers: 1, heads: 2, feedForward: 20 },
  ciger: { hidden: 16, convolutions: [8], feedForward: 20, decoder: [12] },
};

let read: Promise<Dataset<BadgerData>> | undefined;
function signatures(): Promise<Dataset<BadgerData>> {
  return read ??= simulatedDataset("signatures", { ...smallExperiment, pathwayWidth: 16 });
}

async function optionsOf(family: RankingFamily): Promise<OpenOptions<never, never>> {
  const data = await signatures();
  const preset = modelNamed(family).presets.released;
  return {
    data: data as Dataset<never>,
    split: hashSplit({ rows: data.rows, kind: "random", split: 0 }),
    settings: { ...preset.settings, ...sizes[family] } as never,
    training: { ...preset.training!, epochs: 2, patience: 2, batchSize: 19, learningRate: 1e-3 },
    seed: 7,
    engine: () => testEngine("software"),
  };
}

const open = async (family: RankingFamily): Promise<Predictor> =>
  await (modelNamed(family) as Model).open(await optionsOf(family));

for (const family of rankingFamilies) {
  Deno.test(`the preset of ${family} is complete, and trains as the released session`, () => {
    const { settings, presets: { released }, layouts } = modelNamed(family);
    assert.deepEqual(settings.parse(released.settings), released.settings);
    assert.deepEqual(trainingSchema.parse(released.training), released.training);
    // badger.md 3.5.
    const { epochs, patience, patienceKind, batchSize, learningRate, clipNorm } = released.training!;
    assert.deepEqual([epochs, patience, patienceKind], [100, 10, "cumulative"]);
    assert.deepEqual([batchSize, learningRate, clipNorm, released.seed], [32, 1e-4, 5, 88]);
    assert.deepEqual(layouts, ["signatures"]);
  });

  deviceTest(
    `${family} as a predictor ends where the training loop by itself does, and takes a state back`,
    async () => {
      const options = await optionsOf(family);
      const data = await signatures();
      await using predictor = await open(family);
      const outcome = await predictor.fit({});
      assert.equal(outcome.epoch, 2);

      const { split, training, seed } = options;
      const task = await tasks[family](options as OpenOptions<unknown, BadgerData>);
      const { result, state } = await trainLoop(task, split, data.inputs.labels, {
        ...training!,
        seed,
        schedule: scheduleOf(training!),
        criterion: releasedCriterion(data.inputs.genes.length),
      });
      task.dispose();
      const own = await predictor.state();
      assert.equal(outcome.bestEpoch, state.best!.epoch);
      assert.deepEqual([...own.keys()], [...result!.keys()]);
      for (const [key, tensor] of result!) assert.deepEqual(own.get(key)!.data, tensor.data, key);

      await using other = await open(family);
      const predicted = await predictor.predict(split.test);
      assert.equal(predicted.length, split.test.length * data.outputs.names.length);
      assert.notDeepEqual(await other.predict(split.test), predicted);
      other.restore(own);
      assert.deepEqual(await other.predict(split.test), predicted);
    },
  );
}

deviceTest("kNN gives means of its training rows, and says that it looks at them", async () => {
  const options = await optionsOf("knn");
  const data = await signatures();
  await using predictor = await open("knn");
  await predictor.fit({});
  const [first] = options.split.test;
  const predicted = await predictor.predict(Uint32Array.of(first));
  const train = [...options.split.train];
  const genes = predicted.length;
  const rows = train.map((row) => data.inputs.labels.subarray(row * genes, (row + 1) * genes));
  const fits = (a: number, b: number, c: number) =>
    predicted.every((value, g) => Math.abs((rows[a][g] + rows[b][g] + rows[c][g]) / 3 - value) < 1e-5);
  const found = train.some((_, a) =>
    train.some((_, b) => b > a && train.some((_, c) => c > b && fits(a, b, c)))
  );
  assert(found, "the prediction is the mean of no three training rows");
  assert.equal(knnModel.looksAtTraining, true);
  assert.equal(mlpModel.looksAtTraining, false);
});

deviceTest(
  "BADGER scores the pathways that it looks at, its ablation without pathways has no such score",
  async () => {
    const { split } = await optionsOf("badger");
    await using predictor = await open("badger");
    const scores = await predictor.ownScores!(split.test);
    assert(scores["pathway AUROC"] > 0 && scores["pathway AUROC"] < 1, JSON.stringify(scores));
    assert(scores["rows with known pathways"] <= split.test.length);
    await using light = await open("badger-light");
    assert.equal(light.ownScores, undefined);
  },
);

for (const family of ["badger", "badger-light"] as const) {
  deviceTest(
    `${family} explains rows of one drug by its fragments, averaged over rows, and refuses two drugs`,
    async () => {
      const { inputs } = await signatures();
      await using predictor = await open(family);
      // A drug of several fragments in two rows.
      const drug = inputs.drugs.findIndex(({ fragments }) => fragments.length > 2);
      const rows = Uint32Array.from(inputs.drugOfRow.keys()).filter((row) => inputs.drugOfRow[row] === drug);
      assert(rows.length > 1);
      const both = await predictor.explain!(rows.slice(0, 2));
      const single = [await predictor.explain!(rows.slice(0, 1)), await predictor.explain!(rows.slice(1, 2))];
      const [genes, fragments] = [inputs.genes.length, inputs.drugs[drug].fragments.length];
      const name = family === "badger" ? "pathway-fragment" : "gene-fragment";
      const map = both.maps[name]!;
      assert.equal(map.shape[1], fragments);
      map.values.forEach((value, at) => {
        const mean = (single[0].maps[name]!.values[at] + single[1].maps[name]!.values[at]) / 2;
        assert(Math.abs(value - mean) < 1e-6);
      });
      const predicted = await predictor.predict(rows.slice(0, 2));
      both.prediction.forEach((value, g) =>
        assert(
          Math.abs(value - (predicted[g] + predicted[genes + g]) / 2) < 1e-5 * Math.max(1, Math.abs(value)),
        )
      );
      assert.equal(both.smiles, inputs.drugs[drug].smiles);
      assert.deepEqual(both.fragments.map(({ smiles }) => smiles), inputs.drugs[drug].fragments);
      for (const { effect, attention } of both.fragments) {
        assert(effect !== null && effect > 0 && attention > 0, `${effect}, ${attention}`);
      }
      const atoms = both.fragments.flatMap((fragment) => fragment.atoms);
      assert.equal(new Set(atoms).size, atoms.length, "an atom lies in two fragments");
      assert.equal(both.maps["gene-gene"]!.values.length, genes * genes);
      assert.equal(both.heads.get("gene_sab.1")!.shape[0], 2);
      assert.deepEqual(both.pathways, family === "badger" ? inputs.pathways!.names : []);
      await assert.rejects(
        () => predictor.explain!(Uint32Array.from(inputs.drugOfRow.keys()).slice(0, 9)),
        /drugs among the 9 rows to explain, expected one/,
      );
    },
  );
}

deviceTest(
  "the control of removed drugs reaches every ranker in the rows it is for, and no other row",
  async () => {
    const control = layoutNamed("signatures").controls.find(({ name }) => name === "drug-removed")!;
    const read = await signatures();
    const drugVectors = {
      file: "vectors",
      names: read.inputs.drugs.map(({ id }) => id),
      width: 3,
      values: Float32Array.from({ length: 3 * read.inputs.drugs.length }, (_, k) => Math.sin(k)),
    };
    for (const family of ["deepce", "mlp", "badger"] as const) {
      const inputs = { ...read.inputs, ...(family === "mlp" ? { drugVectors } : {}) };
      const data = { ...read, inputs };
      const { split, ...options } = await optionsOf(family);
      const removed = control.disturb(data, split.test, 1);
      assert(typeof removed !== "string");
      const of = async (shown: Dataset, rows: Uint32Array) => {
        await using predictor = await (modelNamed(family) as Model).open({
          ...options,
          split,
          data: shown as Dataset<never>,
        });
        return await predictor.predict(rows);
      };
      assert.notDeepEqual(await of(removed, split.test), await of(data, split.test), family);
      // The training rows keep their drugs, those among them that are removed elsewhere too.
      const rows = split.train.slice(0, 19);
      assert.deepEqual(await of(removed, rows), await of(data, rows), family);
    }
  },
);

Deno.test("BADGER asks the simulator for pathways of its hidden width, the others for nothing", () => {
  for (const family of rankingFamilies) {
    const model: Model = modelNamed(family);
    const asked = model.simulatorOptions?.({ ...model.presets.released.settings, hidden: 48 });
    assert.deepEqual(asked, family === "badger" ? { pathwayWidth: 48 } : undefined);
  }
});

Deno.test("losses that look at the order of genes alone leave the scale of predictions to chance", () => {
  const scale = (model: Model, loss: string) =>
    model.arbitraryScale!({ ...model.presets.released.settings, loss });
  assert.equal(scale(badgerModel, "hybrid_cosine_mse"), false);
  assert.equal(scale(badgerModel, "point_wise_mse"), false);
  assert.equal(scale(badgerLightModel, "list_wise_rankcosine"), true);
  assert.equal(scale(mlpModel, "pair_wise_ranknet"), true);
  assert.match(
    String(
      badgerModel.settings.safeParse({ ...badgerModel.presets.released.settings, hidden: 50, heads: 4 })
        .error,
    ),
    /the hidden width must be a multiple of the heads/,
  );
});

releaseEngines();
