import { batchNorm } from "../../engine/ops/batch_norm.ts";
import assert from "node:assert/strict";
import type { Step, Tensor } from "../../engine/mod.ts";
import { broadcastAdd } from "../../engine/ops/broadcast_add.ts";
import { elementwise, type Stage } from "../../engine/ops/elementwise.ts";
import { linear } from "../../engine/ops/linear.ts";
import { gpuTest, releaseEngines } from "../support/gpu_test.ts";

const values = [NaN, Infinity, -Infinity, 100, -100, 1e30, -0.5];

gpuTest("activations hand NaN on, and take infinities to their limits", async (engine) => {
  const expected: [Stage, number[]][] = [
    [{ kind: "relu" }, [NaN, Infinity, 0, 100, 0, 1e30, 0]],
    [{ kind: "leakyRelu", slope: 0.5 }, [NaN, Infinity, -Infinity, 100, -50, 1e30, -0.25]],
    [{ kind: "tanh" }, [NaN, 1, -1, 1, -1, 1, Math.tanh(-0.5)]],
    [{ kind: "sigmoid" }, [NaN, 1, 0, 1, 0, 1, 1 / (1 + Math.exp(0.5))]],
    [{ kind: "exp" }, [NaN, Infinity, 0, Infinity, 0, Infinity, Math.exp(-0.5)]],
    [{ kind: "square" }, [NaN, Infinity, Infinity, 1e4, 1e4, Infinity, 0.25]],
    [{ kind: "dropout", rate: 0.5 }, [NaN, NaN, NaN, NaN, NaN, NaN, NaN]],
  ];
  const x = engine.constant([values.length], Float32Array.from(values), "x");
  const nans = engine.constant([values.length], new Float32Array(values.length).fill(NaN), "nans");
  for (const [stage, wanted] of expected) {
    const { plan, result } = await engine.record(
      stage.kind,
      (step) => step.keep(elementwise(step, { x: stage.kind === "dropout" ? nans : x }, { stages: [stage] })),
    );
    plan.replay(new Map(), engine.still);
    const found = new Float32Array(await plan.read(result));
    wanted.forEach((value, k) => {
      const near = Number.isFinite(value)
        ? Math.abs(found[k] - value) <= 1e-6 * Math.max(1, Math.abs(value))
        : Object.is(found[k], value);
      assert.ok(near, `${stage.kind}(${values[k]}) is ${found[k]}, expected ${value}`);
    });
  }
});

gpuTest("activations inside other kernels hand NaN on", async (engine) => {
  const tensor = (shape: readonly number[], fill: number) =>
    engine.constant(shape, new Float32Array(shape.reduce((a, b) => a * b)).fill(fill), "t");
  const [nan, one, zero] = [tensor([5, 3], NaN), tensor([5, 3], 1), tensor([3], 0)];
  const count = engine.constant([1], Uint32Array.of(5), "count");
  const builds: Record<string, (step: Step) => Tensor> = {
    "linear with ReLU": (step) => linear(step, { x: nan, weight: one }, { activation: "relu" }),
    "linear with leaky ReLU": (step) =>
      linear(step, { x: one, weight: nan }, { activation: "leakyRelu", slope: 0.1 }),
    "broadcast sum with ReLU": (step) =>
      broadcastAdd(step, { full: nan }, { samples: 1, items: 5, activation: "relu" }),
    "broadcast sum with leaky ReLU": (step) =>
      broadcastAdd(step, { sample: nan }, { samples: 5, items: 2, activation: "leakyRelu", slope: 0.1 }),
    "counted batch norm with ReLU": (step) =>
      batchNorm(step, { x: nan, count, runningMean: zero, runningVariance: tensor([3], 1) }, {
        train: false,
        relu: true,
      }),
  };
  for (const [name, build] of Object.entries(builds)) {
    const { plan, result } = await engine.record(name, (step) => step.keep(build(step)));
    plan.replay(new Map(), engine.still);
    const found = new Float32Array(await plan.read(result));
    assert.ok(found.every(Number.isNaN), `${name}: ${found}`);
  }
});

releaseEngines();
