import assert from "node:assert/strict";
import { RandomStream } from "../../datasets/random.ts";
import { makeSplit } from "../../datasets/splits/make_split.ts";
import { svr } from "../../models/svr/model.ts";
import { RandomFeatures } from "../../models/svr/random_features.ts";
import { solveSvr } from "../../models/svr/solve_svr.ts";
import { configure } from "../../runs/configure.ts";
import { readData } from "../../runs/prepare.ts";
import { openBaseline } from "./fit_baseline.ts";

Deno.test("random features approximate the Gaussian kernel", () => {
  const random = new RandomStream(3), columns = 7, rows = 23, gamma = 0.4;
  const points = Float64Array.from({ length: rows * columns }, () => 0.5 * random.normal());
  const drawn = RandomFeatures.draw(columns, 4999, 11);
  const features = drawn.map(drawn.project(points), gamma), width = 5000;
  for (let a = 0; a < rows; a++) {
    for (let b = 0; b < rows; b++) {
      let squares = 0, product = 0;
      for (let k = 0; k < columns; k++) squares += (points[a * columns + k] - points[b * columns + k]) ** 2;
      // The last feature is the constant.
      for (let k = 0; k + 1 < width; k++) product += features[a * width + k] * features[b * width + k];
      assert.ok(
        Math.abs(product - Math.exp(-gamma * squares)) < 0.07,
        `${product} ${Math.exp(-gamma * squares)}`,
      );
    }
  }
});

Deno.test("no weights near those of the solver make the regularised error smaller", () => {
  const random = new RandomStream(8), rows = 61, columns = 5, cost = 2, epsilon = 0.2;
  const features = Float64Array.from({ length: rows * columns }, () => random.normal());
  const targets = Float64Array.from(
    { length: rows },
    (_, row) => features[row * columns] - 2 * features[row * columns + 3] + random.normal(),
  );
  const loss = (weights: Float64Array) => {
    let sum = weights.reduce((all, value) => all + value * value / 2, 0);
    for (let row = 0; row < rows; row++) {
      let error = -targets[row];
      for (let k = 0; k < columns; k++) error += weights[k] * features[row * columns + k];
      sum += cost * Math.max(0, Math.abs(error) - epsilon);
    }
    return sum;
  };
  const solved = solveSvr(features, targets, { cost, epsilon, seed: 1 }), least = loss(solved);
  for (let trial = 0; trial < 400; trial++) {
    const step = 10 ** -(1 + trial % 4);
    const near = solved.map((value) => value + step * random.normal());
    assert.ok(loss(near) > least * (1 - 1e-3), `${loss(near)} is less than ${least}`);
  }
  assert.ok(loss(solved.map((value) => 1.2 * value)) > least && loss(new Float64Array(columns)) > least);
});

Deno.test("support-vector regression learns the simulator's responses, and restored predicts the same", async () => {
  const data = await readData(await configure({ model: "svr" }));
  const split = await makeSplit({ rule: "random", number: 0 }, data);
  const open = () => openBaseline(svr, data, split, { features: 257, gammas: [1, 0.5], costs: [3] });
  await using fitted = await open();
  assert.match((await fitted.fit({})).chosen!, /^gamma (1|0\.5), cost 3$/);
  const predicted = await fitted.predict(split.test);
  const truth = data.truth!.take(split.test), train = data.truth!.take(split.train);
  const mean = train.reduce((sum, value) => sum + value, 0) / train.length;
  const error = (of: (at: number) => number) =>
    truth.reduce((sum, value, at) => sum + (value - of(at)) ** 2, 0) / truth.length;
  assert.ok(
    error((at) => predicted[at]) < 0.8 * error(() => mean),
    `${error((at) => predicted[at])} ${error(() => mean)}`,
  );
  await using restored = await open();
  restored.restore(await fitted.state());
  assert.deepEqual(await restored.predict(split.test), predicted);
});
