import assert from "node:assert/strict";
import { RandomValues } from "../../testing/random_values.ts";
import { ShapeError } from "../../engine/mod.ts";
import { batchNorm } from "../../engine/ops/batch_norm.ts";
import { layerNorm } from "../../engine/ops/layer_norm.ts";
import { assertClose } from "../../testing/assert_close.ts";
import { checkOperation } from "../../testing/check_operation.ts";
import { gpuTest, releaseEngines } from "../support/gpu_test.ts";
import {
  batchNormReference,
  layerNormReference,
  movedStatistics,
} from "../../bench/reference/normalisation.ts";

for (const kind of ["torch", "mat"] as const) {
  gpuTest(`layerNorm() of kind ${kind} matches float64 at ugly sizes`, async (engine) => {
    for (const [rows, width] of [[1, 2], [3, 7], [5, 33], [66, 5], [131, 3], [2, 977], [3, 978], [65, 979]]) {
      await checkOperation(engine, {
        name: `layerNorm ${kind} ${rows} x ${width}`,
        inputs: { x: { shape: [rows, width] }, scale: { shape: [width] }, shift: { shape: [width] } },
        build: (step, { x, scale, shift }) => layerNorm(step, { x, scale, shift }, { kind }),
        reference: layerNormReference(kind, rows, width),
        tolerance: 5e-6,
        absolute: 5e-6, // with two values a row the gradient cancels to nothing
      });
    }
  });

  gpuTest(`layerNorm() of kind ${kind} survives a row of zeros and a large mean`, async (engine) => {
    const [rows, width] = [3, 33];
    const values = new RandomValues(5).floats(rows * width);
    values.fill(0, 0, width);
    for (let i = 2 * width; i < 3 * width; i++) values[i] += 100;
    await checkOperation(engine, {
      name: `layerNorm ${kind} with a zero row`,
      inputs: { x: { shape: [rows, width], values }, scale: { shape: [width] }, shift: { shape: [width] } },
      build: (step, { x, scale, shift }) => layerNorm(step, { x, scale, shift }, { kind }),
      // A zero row of kind "mat" has an undefined derivative, taken as 1 / epsilon: differences say nothing there.
      reference: layerNormReference(kind, rows, width),
      tolerance: 2e-5,
      differences: false,
    });
  });
}

gpuTest("layerNorm() gives parameters their gradients when x is data", async (engine) => {
  const [rows, width] = [130, 7];
  await checkOperation(engine, {
    name: "layerNorm of data",
    inputs: {
      x: { shape: [rows, width], gradient: false },
      scale: { shape: [width] },
      shift: { shape: [width] },
    },
    build: (step, { x, scale, shift }) => layerNorm(step, { x, scale, shift }, { kind: "torch" }),
    reference: layerNormReference("torch", rows, width),
    tolerance: 1e-5,
  });
});

for (const train of [true, false]) {
  gpuTest(`batchNorm() matches float64 ${train ? "in training" : "in evaluation"}`, async (engine) => {
    for (const [rows, width] of [[2, 1], [3, 7], [16, 33], [7, 65], [4, 978]]) {
      const random = new RandomValues(rows);
      await checkOperation(engine, {
        name: `batchNorm ${train} ${rows} x ${width}`,
        inputs: {
          x: { shape: [rows, width] },
          scale: { shape: [width] },
          shift: { shape: [width] },
          runningMean: { shape: [width], gradient: false },
          runningVariance: {
            shape: [width],
            values: random.floats(width).map((value) => 1 + value * 0.5),
            gradient: false,
          },
        },
        build: (step, { x, scale, shift, runningMean, runningVariance }) =>
          batchNorm(step, { x, scale, shift, runningMean, runningVariance }, { train }),
        reference: batchNormReference(train, rows, width),
        tolerance: 1e-5,
        absolute: 2e-5, // with two rows the gradient cancels, and the inverse of a small deviation magnifies the rest
      });
    }
  }, ["software"]);
}

gpuTest("batchNorm() moves the running statistics as PyTorch does, once a replay", async (engine) => {
  const [rows, width] = [5, 33];
  const random = new RandomValues(3);
  const [values, mean] = [random.floats(rows * width), random.floats(width)];
  const variance = random.floats(width).map((value) => 1.5 + value);
  const x = engine.constant([rows, width], values, "x");
  const one = engine.constant([width], new Float32Array(width).fill(1), "scale");
  const zero = engine.constant([width], new Float32Array(width), "shift");
  const runningMean = engine.constant([width], mean, "running mean");
  const runningVariance = engine.constant([width], variance, "running variance");
  const { plan } = await engine.record("moving", (step) => {
    batchNorm(step, { x, scale: one, shift: zero, runningMean, runningVariance }, { train: true });
  });
  let expected = { mean: [...mean], variance: [...variance] };
  for (let replay = 0; replay < 3; replay++) {
    plan.replay(new Map(), engine.still);
    expected = movedStatistics(values, expected.mean, expected.variance, rows, width);
    assertClose(new Float32Array(await plan.read(runningMean)), expected.mean, "mean", { tolerance: 2e-6 });
    assertClose(new Float32Array(await plan.read(runningVariance)), expected.variance, "variance", {
      tolerance: 2e-6,
    });
  }
}, ["software"]);

gpuTest("normalisation refuses what has no deviation", async (engine) => {
  const tensor = (shape: number[], label: string) =>
    engine.constant(shape, new Float32Array(shape.reduce((a, b) => a * b, 1)), label);
  await assert.rejects(
    () =>
      engine.record("one row", (step) => {
        const [scale, shift, runningMean, runningVariance] = [1, 2, 3, 4].map((k) => tensor([3], `t${k}`));
        batchNorm(step, { x: tensor([1, 3], "x"), scale, shift, runningMean, runningVariance }, {
          train: true,
        });
      }),
    (error) =>
      error instanceof ShapeError && /at least two rows a batch, x is x \[1, 3\]/.test(error.message),
  );
  await assert.rejects(
    () =>
      engine.record("one column", (step) => {
        layerNorm(step, { x: tensor([4, 1], "x"), scale: tensor([1], "s"), shift: tensor([1], "t") }, {
          kind: "mat",
        });
      }),
    (error) => error instanceof ShapeError && /needs rows of two or more/.test(error.message),
  );
}, ["software"]);

releaseEngines();
