import assert from "node:assert/strict";
import type { Engine } from "../../engine/mod.ts";
import { elementwise } from "../../engine/ops/elementwise.ts";
import { checkOperation } from "../../testing/check_operation.ts";
import { gpuTest, releaseEngines } from "../support/gpu_test.ts";
import { elementwiseReference } from "../../bench/reference/elementwise.ts";

const size = 40_000;

/** What dropout multiplies ones with, at a site, step and seed. */
async function factors(engine: Engine, rate: number, site: number, steps: readonly [number, number][]) {
  const ones = engine.constant([size], new Float32Array(size).fill(1), "ones");
  const { plan, result } = await engine.record(
    "dropout",
    (step) => step.keep(elementwise(step, { x: ones }, { stages: [{ kind: "dropout", rate }], site })),
  );
  const drawn: Float32Array[] = [];
  for (const [step, seed] of steps) {
    plan.replay(new Map(), { step, seed, learningRate: 0 });
    drawn.push(new Float32Array(await plan.read(result)));
  }
  return drawn;
}

const dropped = (values: Float32Array) => values.reduce((count, value) => count + (value === 0 ? 1 : 0), 0);

/** Pearson's chi-square of a 2 x 2 table: how far two masks are from independent. */
function dependence(a: Float32Array, b: Float32Array, shift = 0): number {
  const counts = [0, 0, 0, 0];
  for (let i = 0; i + shift < a.length; i++) counts[(a[i] === 0 ? 2 : 0) + (b[i + shift] === 0 ? 1 : 0)]++;
  const n = counts.reduce((x, y) => x + y, 0);
  const [row, column] = [counts[2] + counts[3], counts[1] + counts[3]];
  return n * (counts[3] * counts[0] - counts[1] * counts[2]) ** 2 / (row * (n - row) * column * (n - column));
}

// One in 40,000 tables of independent masks exceeds this.
const critical = 17.8;

gpuTest("dropout drops its share and scales the rest, so that the mean stays", async (engine) => {
  for (const rate of [0.1, 0.25, 0.5, 0.9]) {
    for (
      const [k, values] of (await factors(engine, rate, 1, [[0, 0], [1, 0], [0, 1], [99, 12345]])).entries()
    ) {
      const deviation = Math.sqrt(size * rate * (1 - rate));
      const z = (dropped(values) - size * rate) / deviation;
      assert.ok(
        Math.abs(z) < 4.2,
        `rate ${rate}, case ${k}: ${dropped(values)} dropped, ${z} deviations off`,
      );
      const kept = [...new Set(values)].filter((value) => value !== 0);
      assert.equal(kept.length, 1);
      assert.ok(Math.abs(kept[0] - 1 / (1 - rate)) < 1e-5);
    }
  }
}, ["software"]);

gpuTest("masks of other steps, seeds, sites and neighbouring elements are independent", async (engine) => {
  const drawn = [
    ...await factors(engine, 0.3, 1, [[0, 0], [1, 0], [2, 0], [0, 1], [1, 1]]),
    ...await factors(engine, 0.3, 2, [[0, 0], [1, 0]]),
    ...await factors(engine, 0.3, 3, [[0, 0]]),
  ];
  drawn.forEach((a, i) => {
    drawn.forEach((b, k) => {
      if (k > i) assert.ok(dependence(a, b) < critical, `masks ${i} and ${k}: ${dependence(a, b)}`);
    });
    for (const shift of [1, 2, 33, 978]) {
      assert.ok(
        dependence(a, a, shift) < critical,
        `mask ${i} at distance ${shift}: ${dependence(a, a, shift)}`,
      );
    }
  });
}, ["software"]);

gpuTest("dropped elements are spread evenly over a batch", async (engine) => {
  const [values] = await factors(engine, 0.5, 4, [[3, 9]]);
  // Chi-square over 40 blocks of 1,000: 39 degrees of freedom, 99.99 % below 80.
  let statistic = 0;
  for (let block = 0; block < 40; block++) {
    const count = dropped(values.slice(block * 1000, (block + 1) * 1000));
    statistic += (count - 500) ** 2 / 250;
  }
  assert.ok(statistic < 80 && statistic > 13, `chi-square ${statistic}`);
}, ["software"]);

gpuTest("the backward pass redraws the mask of its forward pass", async (engine) => {
  for (const [rate, step] of [[0.2, 0], [0.5, 17]]) {
    const [mask] = await factors(engine, rate, 6, [[step, 5]]);
    const n = 979;
    await checkOperation(engine, {
      name: `dropout ${rate}`,
      inputs: { x: { shape: [n] } },
      build: (recording, { x }) =>
        elementwise(recording, { x }, {
          stages: [{ kind: "leakyRelu", slope: 0.1 }, { kind: "dropout", rate }, { kind: "square" }],
          site: 6,
        }),
      reference: elementwiseReference(
        [{ kind: "leakyRelu", slope: 0.1 }, { kind: "dropout", rate }, { kind: "square" }],
        mask,
      ),
      values: { step, seed: 5, learningRate: 0 },
    });
  }
}, ["software"]);

gpuTest("a rate of zero draws nothing and records nothing", async (engine) => {
  const { plan } = await engine.record("off", (step) => {
    elementwise(step, { x: step.input([7], "x") }, { stages: [{ kind: "dropout", rate: 0 }] });
  });
  assert.equal(plan.dispatches.length, 0);
}, ["software"]);

releaseEngines();
