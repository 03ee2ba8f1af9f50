import assert from "node:assert/strict";
import { kernelRidge } from "../../docs/examples/kernel_ridge/model.ts";
import { twoLayers } from "../../docs/examples/two_layer_network/model.ts";
import { hashSplit } from "../../datasets/splits/hash_split.ts";
import { meanSquaredError } from "../../datasets/metrics/metrics.ts";
import type { Model, Predictor } from "../../models/model.ts";
import { RunStore } from "../../models/run_store.ts";
import { testEngine } from "../support/engine.ts";
import { deviceTest, releaseEngines } from "../support/gpu_test.ts";
import { fitBaseline } from "../models/fit_baseline.ts";
import { simulatedDataset } from "../models/simulated_dataset.ts";

const data = await simulatedDataset("profiles");
const split = hashSplit({ rows: data.rows, kind: "random", split: 0 });

function open(model: Model): Promise<Predictor> {
  const [{ settings, training }] = Object.values(model.presets);
  return model.open({
    data,
    split,
    settings: model.settings.parse(settings),
    training: training && { ...training, batchSize: 17 },
    seed: 3,
    engine: () => testEngine("software"),
  });
}

for (const model of [twoLayers, kernelRidge] as Model[]) {
  deviceTest(
    `the ${model.title} of docs/new_model.md fits, beats the training mean, and is restored from its state`,
    async () => {
      await using predictor = await open(model);
      const folder = await Deno.makeTempDir();
      const outcome = await predictor.fit({ store: new RunStore(folder) });
      assert.equal(outcome.status, "finished");
      const predicted = await predictor.predict(split.test);
      const truth = data.truth!.take(split.test);
      const { prediction: mean } = await fitBaseline("training-mean", data, split);
      const [own, floor] = [meanSquaredError(predicted, truth), meanSquaredError(mean, truth)];
      assert(own < floor, `${own}, training mean ${floor}`);

      await using other = await open(model);
      other.restore(await predictor.state());
      assert.deepEqual(await other.predict(split.test), predicted);
      await using resumed = await open(model);
      await resumed.fit({ store: new RunStore(folder) });
      assert.deepEqual(await resumed.predict(split.test), predicted);
      await Deno.remove(folder, { recursive: true });
    },
  );
}

deviceTest(
  "the kernel ridge of docs/new_model.md is a linear system: its residual on training rows is penalty times weights",
  async () => {
    await using predictor = await open(kernelRidge);
    await predictor.fit({});
    const { data: weights, shape: [outputs, rows] } = (await predictor.state()).get("weights")!;
    const [fitted, truth] = [await predictor.predict(split.train), data.truth!.take(split.train)];
    for (let row = 0; row < rows; row++) {
      for (let o = 0; o < outputs; o++) {
        const at = row * outputs + o;
        assert(Math.abs(truth[at] - fitted[at] - 0.5 * Number(weights[o * rows + row])) < 1e-4);
      }
    }
  },
);

Deno.test("docs/new_model.md quotes its examples as they are, and each is under 60 lines", async () => {
  const read = (path: string) => Deno.readTextFile(new URL(`../../docs/${path}`, import.meta.url));
  const examples = await Promise.all(
    ["two_layer_network", "kernel_ridge"].map((name) => read(`examples/${name}/model.ts`)),
  );
  for (const text of examples) assert(text.trimEnd().split("\n").length < 60);
  const quotes = [...(await read("new_model.md")).matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code);
  assert.equal(quotes.length, 3);
  // A quote begins at the left margin.
  const bare = (text: string) => text.trim().split(/\n\s*/).join("\n");
  for (const quote of quotes) {
    assert(examples.some((text) => bare(text).includes(bare(quote))), `not in an example:\n${quote}`);
  }
});

releaseEngines();
