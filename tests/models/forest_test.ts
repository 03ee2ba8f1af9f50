import assert from "node:assert/strict";
import { binned } from "../../models/forest/binned_features.ts";
import { growForest } from "../../models/forest/grow_forest.ts";
import { growTree } from "../../models/forest/grow_tree.ts";
import { forest } from "../../models/forest/model.ts";
import { makeSplit } from "../../datasets/splits/make_split.ts";
import { configure } from "../../runs/configure.ts";
import { readData } from "../../runs/prepare.ts";
import { openBaseline } from "./fit_baseline.ts";
import { RandomStream } from "../../datasets/random.ts";

const exact = { featureShare: 1, leafRows: 1, depth: 64 };

Deno.test("features of few values keep them all, others get levels of equally many rows; unknown ones are lowest", () => {
  const few = binned(Float32Array.of(3, 1, 2, 2, NaN, 3), 1);
  assert.deepEqual(few.edges[0], Float32Array.of(1.5, 2.5));
  assert.deepEqual([...few.levels], [2, 0, 1, 1, 0, 2]);
  const many = binned(Float32Array.from({ length: 5000 }, (_, at) => (at * 37) % 5000), 1);
  assert.equal(many.edges[0].length, 255);
  const counts = new Uint32Array(256);
  for (const level of many.levels) counts[level]++;
  assert(counts.every((count) => count >= 18 && count <= 21), counts.join());
  assert.equal(binned(Float32Array.of(7, 7, 7), 1).edges[0].length, 0);
});

Deno.test("a tree splits where the squared error falls most, by hand", () => {
  // The bootstrap of 200 equal halves leaves means close to 1 and 5; feature 1 is noise.
  const rows = 200, noise = new RandomStream(5);
  const values = Float32Array.from(
    { length: 2 * rows },
    (_, at) => at % 2 === 0 ? (at < rows ? 10 : 20) : noise.uniform(),
  );
  const truth = Float32Array.from({ length: rows }, (_, row) => 2 * row < rows ? 1 : 5);
  const tree = growTree(binned(values, 2), truth, { ...exact, depth: 1 }, 3, 0);
  assert.deepEqual([...tree.feature], [0, -1, -1]);
  assert.equal(tree.threshold[0], 15);
  assert.deepEqual([tree.value[1], tree.value[2]], [1, 5]);
  // Nothing left to gain: a leaf, although depth and rows would allow more.
  assert.equal(growTree(binned(values, 2), truth, exact, 3, 0).feature.length, 3);
});

Deno.test("workers and one thread grow the same forest", async () => {
  const random = new RandomStream(9), rows = 400, width = 300;
  const features = binned(Float32Array.from({ length: rows * width }, () => random.normal()), width);
  const truth = Float32Array.from({ length: rows }, () => random.normal());
  const settings = { featureShare: 0.05, leafRows: 20, depth: 4 };
  const count = 170;
  const shared = await growForest({ features, truth, settings, seed: 4 }, count);
  for (const number of [0, 1, 101, count - 1]) {
    assert.deepEqual(shared[number], growTree(features, truth, settings, 4, number));
  }
  assert.notDeepEqual(shared[0], shared[1]);
});

Deno.test("a forest learns the simulator's responses, and restored predicts the same", async () => {
  const data = await readData(await configure({ model: "forest" }));
  const split = await makeSplit({ rule: "random", number: 0 }, data);
  const open = () => openBaseline(forest, data, split, { trees: 30, featureShare: 0.3 });
  await using fitted = await open();
  await fitted.fit({});
  const predicted = await fitted.predict(split.test);
  const truth = data.truth!.take(split.test), train = data.truth!.take(split.train);
  const mean = train.reduce((sum, value) => sum + value, 0) / train.length;
  const error = (of: (at: number) => number) =>
    truth.reduce((sum, value, at) => sum + (value - of(at)) ** 2, 0) / truth.length;
  assert(
    error((at) => predicted[at]) < 0.7 * error(() => mean),
    `${error((at) => predicted[at])} ${error(() => mean)}`,
  );
  await using restored = await open();
  const state = await fitted.state();
  restored.restore(state);
  assert.deepEqual(await restored.predict(split.test), predicted);
  const broken = new Map(state).set("nodes.left", {
    ...state.get("nodes.left")!,
    data: new Float32Array(state.get("nodes.left")!.data.length),
  });
  assert.throws(() => restored.restore(broken), /nodes.left: node 0 of a tree/);
});
