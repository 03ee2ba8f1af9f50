import assert from "node:assert/strict";
import { RandomValues } from "../../testing/random_values.ts";
import { Engine, LossRing, type OptimizerOptions, Parameters, recordOptimizer } from "../../engine/mod.ts";
import { add } from "../../engine/ops/add.ts";
import { linear } from "../../engine/ops/linear.ts";
import { mseLoss } from "../../engine/ops/mse_loss.ts";
import { assertClose } from "../../testing/assert_close.ts";
import { deviceTest } from "../support/gpu_test.ts";
import { linearReference } from "../../bench/reference/linear.ts";

const [rows, width, out] = [5, 33, 7];

interface State {
  weight: Float64Array;
  bias: Float64Array;
}

/** A linear layer under MSE on the host, with PyTorch's update rules in float64. */
function referenceRun(
  { kind, betas: [beta1, beta2] = [0.9, 0.999], epsilon = 1e-8, weightDecay = 0, clipNorm = 0 }:
    OptimizerOptions,
  start: State,
  x: ArrayLike<number>,
  target: ArrayLike<number>,
  rates: readonly number[],
) {
  const values: State = { weight: start.weight.slice(), bias: start.bias.slice() };
  const first = { weight: values.weight.map(() => 0), bias: values.bias.map(() => 0) };
  const second = { weight: values.weight.map(() => 0), bias: values.bias.map(() => 0) };
  const records: { loss: number; norm: number }[] = [];
  const layer = linearReference({ rows, width, out, bias: true });
  for (const [step, rate] of rates.entries()) {
    const inputs = { x, ...values };
    const y = layer.forward(inputs);
    const dy = y.map((value, i) => 2 * (value - target[i]) / y.length);
    const gradients = layer.backward(inputs, dy);
    const norm = Math.sqrt(
      (["weight", "bias"] as const).reduce(
        (sum, key) => sum + Array.from(gradients[key]).reduce((s, g) => s + g * g, 0),
        0,
      ),
    );
    records.push({ loss: y.reduce((sum, value, i) => sum + (value - target[i]) ** 2 / y.length, 0), norm });
    const clip = clipNorm > 0 ? Math.min(1, clipNorm / (norm + 1e-6)) : 1;
    for (const key of ["weight", "bias"] as const) {
      values[key].forEach((value, i) => {
        let g = gradients[key][i] * clip;
        let p = value;
        if (kind === "adamw") p -= rate * weightDecay * p;
        else g += weightDecay * p;
        if (kind === "sgd") {
          first[key][i] = beta1 * first[key][i] + g;
          values[key][i] = p - rate * first[key][i];
          return;
        }
        first[key][i] = beta1 * first[key][i] + (1 - beta1) * g;
        second[key][i] = beta2 * second[key][i] + (1 - beta2) * g * g;
        const [m, v] = [
          first[key][i] / (1 - beta1 ** (step + 1)),
          second[key][i] / (1 - beta2 ** (step + 1)),
        ];
        values[key][i] = p - rate * m / (Math.sqrt(v) + epsilon);
      });
    }
  }
  return { values, first, second, records };
}

/** The same on the device; `spoil` may change the input of a step. */
async function deviceRun(
  engine: Engine,
  options: OptimizerOptions,
  start: State,
  x: Float32Array<ArrayBuffer>,
  target: Float32Array<ArrayBuffer>,
  rates: readonly number[],
  spoil: (step: number, x: Float32Array<ArrayBuffer>) => Float32Array<ArrayBuffer> = (_, x) => x,
) {
  const parameters = new Parameters(engine.device, [
    { key: "weight", shape: [out, width], kind: "parameter", trainable: true },
    { key: "frozen", shape: [9], kind: "parameter", trainable: false },
    { key: "bias", shape: [out], kind: "parameter", trainable: true },
  ]);
  parameters.write("weight", Float32Array.from(start.weight));
  parameters.write("bias", Float32Array.from(start.bias));
  parameters.write("frozen", new Float32Array(9).fill(5));
  const ring = new LossRing(engine.device, 8);
  const { plan, result } = await engine.record("train", (step) => {
    const [input, wanted] = [step.input([rows, width], "x"), step.input([rows, out], "target")];
    const y = linear(step, { x: input, weight: parameters.get("weight"), bias: parameters.get("bias") }, {});
    const loss = mseLoss(step, { prediction: y, target: wanted }, undefined);
    step.backward(loss, engine.one);
    recordOptimizer(step, parameters, loss, ring, options);
    return { input, wanted };
  });
  const snapshots: Map<string, Float32Array>[] = [];
  for (const [step, learningRate] of rates.entries()) {
    plan.replay(new Map([[result.input, spoil(step, x)], [result.wanted, target]]), {
      step,
      seed: 0,
      learningRate,
    });
    snapshots.push(await parameters.values());
  }
  const records = await ring.read(rates.length);
  return { plan, parameters, ring, records, snapshots, moments: await parameters.moments() };
}

function start(): { state: State; x: Float32Array<ArrayBuffer>; target: Float32Array<ArrayBuffer> } {
  const random = new RandomValues(11);
  const state = {
    weight: Float64Array.from(random.floats(out * width, 0.3)),
    bias: Float64Array.from(random.floats(out)),
  };
  return { state, x: random.floats(rows * width), target: random.floats(rows * out) };
}

const rates = [0.01, 0.02, 0.005, 0.01, 0.03];

deviceTest(
  "adam, adamw and sgd follow PyTorch's rules in float64, with decay, momentum and clipping",
  async () => {
    const engine = await Engine.open(navigator.gpu, { poison: true });
    try {
      const { state, x, target } = start();
      const cases: OptimizerOptions[] = [
        { kind: "adam" },
        { kind: "adam", weightDecay: 0.1, clipNorm: 0.05 },
        { kind: "adam", betas: [0.7, 0.9], epsilon: 1e-3, clipNorm: 100 },
        { kind: "adamw", weightDecay: 0.1 },
        { kind: "sgd", betas: [0, 0.999] },
        { kind: "sgd", weightDecay: 0.05, clipNorm: 0.1 },
      ];
      for (const options of cases) {
        const device = await deviceRun(engine, options, state, x, target, rates);
        const expected = referenceRun(options, state, x, target, rates);
        const what = JSON.stringify(options);
        for (const key of ["weight", "bias"] as const) {
          const last = device.snapshots.at(-1)!.get(key)!;
          assertClose(last, expected.values[key], `${what} ${key}`, { tolerance: 2e-6 });
          assertClose(device.moments.first.get(key)!, expected.first[key], `${what} first moment of ${key}`, {
            tolerance: 1e-5,
          });
          if (options.kind !== "sgd") {
            assertClose(device.moments.second.get(key)!, expected.second[key], `${what} second moment`, {
              tolerance: 1e-5,
            });
          }
        }
        assert.deepEqual([...device.snapshots.at(-1)!.get("frozen")!], Array(9).fill(5), "frozen stays");
        device.records.forEach((record, step) => {
          assert.equal(record.step, step);
          assert.equal(record.halted, false);
          assertClose(
            [record.loss, record.norm],
            [expected.records[step].loss, expected.records[step].norm],
            what,
            {
              tolerance: 2e-6,
            },
          );
        });
        device.parameters.dispose();
        device.ring.dispose();
      }
    } finally {
      engine.dispose();
    }
  },
);

/** Adam as PyTorch runs it, in float64: a parameter without a gradient is left alone and counts no step. */
class AdamReference {
  steps = 0;
  readonly #first: Float64Array;
  readonly #second: Float64Array;

  constructor(readonly values: Float64Array) {
    [this.#first, this.#second] = [values.map(() => 0), values.map(() => 0)];
  }

  move(gradient: ArrayLike<number>, rate: number, [beta1, beta2] = [0.9, 0.999], epsilon = 1e-8): void {
    this.steps++;
    this.values.forEach((_, i) => {
      const m = this.#first[i] = beta1 * this.#first[i] + (1 - beta1) * gradient[i];
      const v = this.#second[i] = beta2 * this.#second[i] + (1 - beta2) * gradient[i] ** 2;
      const step = m / (1 - beta1 ** this.steps) / (Math.sqrt(v / (1 - beta2 ** this.steps)) + epsilon);
      this.values[i] -= rate * step;
    });
  }
}

deviceTest("a parameter that only one of two plans reaches counts its own steps of Adam", async () => {
  const engine = await Engine.open(navigator.gpu, { poison: true });
  try {
    const random = new RandomValues(3);
    const sizes = { p: 70, q: 133, r: 5 };
    const keys = ["p", "q", "r"] as const;
    const specs = keys.map((
      key,
    ) => ({ key, shape: [1, sizes[key]], kind: "parameter", trainable: true } as const));
    const parameters = new Parameters(engine.device, specs);
    const ring = new LossRing(engine.device, 64);
    const expected = Object.fromEntries(keys.map((key) => {
      const values = random.floats(sizes[key]);
      parameters.write(key, values);
      return [key, new AdamReference(Float64Array.from(values))];
    }));
    const betas = [0.9, 0.99] as const;
    const planOf = (reached: readonly (typeof keys[number])[]) =>
      engine.record(`with ${reached}`, (step) => {
        const inputs = reached.map((key) => step.input([1, sizes[key]], `gradient of ${key}`));
        const terms = reached.map((key, k) =>
          linear(step, { x: inputs[k], weight: parameters.get(key) }, {})
        );
        const loss = terms.reduce((a, b) => add(step, { a, b }));
        step.backward(loss, engine.one);
        recordOptimizer(step, parameters, loss, ring, { kind: "adam", betas });
        return { reached, inputs };
      });
    const plans = { all: await planOf(keys), without: await planOf(["p", "r"]) };
    const order = [...Array(30).fill("without"), "all", "without", "all", "all", "without", "all"] as const;
    for (const [step, which] of order.entries()) {
      const { plan, result: { reached, inputs } } = plans[which as keyof typeof plans];
      const gradients = reached.map((key) => random.floats(sizes[key]));
      plan.replay(new Map(inputs.map((input, k) => [input, gradients[k]])), {
        step,
        seed: 0,
        learningRate: 0.01,
      });
      reached.forEach((key, k) => expected[key].move(gradients[k], 0.01, [...betas]));
    }
    const values = await parameters.values();
    const moments = await parameters.moments();
    for (const key of keys) {
      assert.equal(moments.steps.get(key), expected[key].steps, `steps of ${key}`);
      assertClose(values.get(key)!, expected[key].values, key, { tolerance: 1e-6 });
    }
    // What was counted is put back with the moments, and goes on from there.
    parameters.writeMoments("q", moments.first.get("q")!, moments.second.get("q")!, 1234);
    assert.deepEqual(Object.fromEntries((await parameters.moments()).steps), { p: 36, q: 1234, r: 36 });
  } finally {
    engine.dispose();
  }
});

deviceTest(
  "bias corrections keep their digits from the first step to the millionth, whatever the betas",
  async () => {
    const engine = await Engine.open(navigator.gpu);
    try {
      for (const betas of [[0.9, 0.999], [0, 0.5], [0.99, 0.999999]] as const) {
        for (const taken of [0, 1, 6, 499, 999_999]) {
          const parameters = new Parameters(engine.device, [
            { key: "p", shape: [1, 2], kind: "parameter", trainable: true },
          ]);
          const ring = new LossRing(engine.device);
          const { plan, result } = await engine.record("one step", (step) => {
            const x = step.input([1, 2], "gradient");
            const loss = linear(step, { x, weight: parameters.get("p") }, {});
            step.backward(loss, engine.one);
            recordOptimizer(step, parameters, loss, ring, { kind: "adam", betas, epsilon: 0 });
            return x;
          });
          parameters.writeMoments("p", new Float32Array(2), new Float32Array(2), taken);
          plan.replay(new Map([[result, Float32Array.of(1, -3)]]), { step: 0, seed: 0, learningRate: 1 });
          const [k, [beta1, beta2]] = [taken + 1, betas];
          const moved = (1 - beta1) / (1 - beta1 ** k) / Math.sqrt((1 - beta2) / (1 - beta2 ** k));
          const what = `betas ${betas} after ${taken} steps`;
          assertClose((await parameters.values()).get("p")!, [-moved, moved], what, { tolerance: 2e-6 });
          parameters.dispose();
          plan.dispose();
        }
      }
    } finally {
      engine.dispose();
    }
  },
);

deviceTest("parameters in several flat buffers and ranges give the same bytes as in one", async () => {
  const { state, x, target } = start();
  const options: OptimizerOptions = { kind: "adam", weightDecay: 0.1 };
  const results: Float32Array[][] = [];
  // 231 weights: one binding; then pieces of 64 elements in buffers of 256.
  for (const limits of [{}, { maxBinding: 1024, maxBuffer: 1024 }]) {
    const engine = await Engine.open(navigator.gpu, { poison: true, ...limits });
    try {
      const { snapshots, parameters, plan } = await deviceRun(engine, options, state, x, target, rates);
      const segments = parameters.segments.filter(({ gradients }) => gradients);
      assert.equal(segments.length, "maxBinding" in limits ? 2 : 1, "flat buffers");
      const updates = plan.dispatches.filter(({ kernel }) => kernel.name === "adam_update").length;
      assert.equal(updates, "maxBinding" in limits ? 2 : 1, "update dispatches");
      results.push(["weight", "bias"].map((key) => snapshots.at(-1)!.get(key)!));
    } finally {
      engine.dispose();
    }
  }
  results[0].forEach((values, k) => assertClose(results[1][k], values, "split", { tolerance: 1e-6 }));
});

deviceTest("a flat buffer larger than a binding is updated in ranges", async () => {
  const { state, x, target } = start();
  const engine = await Engine.open(navigator.gpu, { poison: true, maxBinding: 768 });
  try {
    // 256 + 64 elements in one buffer, 192 a binding. The layer itself then runs split as well.
    const options: OptimizerOptions = { kind: "adam", clipNorm: 0.05 };
    const { snapshots, plan } = await deviceRun(engine, options, state, x, target, rates);
    assert.equal(plan.dispatches.filter(({ kernel }) => kernel.name === "adam_update").length, 2);
    const expected = referenceRun(options, state, x, target, rates);
    for (const key of ["weight", "bias"] as const) {
      assertClose(snapshots.at(-1)!.get(key)!, expected.values[key], key, { tolerance: 2e-6 });
    }
  } finally {
    engine.dispose();
  }
});

deviceTest(
  "the first step that is not finite halts all updates and leaves parameters and moments as they were",
  async () => {
    const { state, x, target } = start();
    const engine = await Engine.open(navigator.gpu, { poison: true });
    try {
      for (const bad of [NaN, Infinity, 1e30]) {
        const { records, snapshots, moments, ring } = await deviceRun(
          engine,
          { kind: "adam" },
          state,
          x,
          target,
          rates,
          (step, x) => step === 2 ? x.map((value, i) => i === 3 ? bad : value) : x,
        );
        assert.deepEqual(records.map(({ halted }) => halted), [false, false, true, true, true], `${bad}`);
        for (const step of [2, 3, 4]) {
          assert.deepEqual(snapshots[step].get("weight"), snapshots[1].get("weight"));
          assert.deepEqual(snapshots[step].get("bias"), snapshots[1].get("bias"));
        }
        const expected = referenceRun({ kind: "adam" }, state, x, target, rates.slice(0, 2));
        assertClose(moments.first.get("weight")!, expected.first.weight, "moments", { tolerance: 1e-5 });
        // After a reset training goes on.
        ring.reset(0);
        assert.deepEqual(await ring.read(0), []);
      }
    } finally {
      engine.dispose();
    }
  },
);

deviceTest("a loss ring that is read too late refuses, since its first records are lost", async () => {
  const { state, x, target } = start();
  const engine = await Engine.open(navigator.gpu);
  try {
    const { records, ring } = await deviceRun(engine, { kind: "sgd" }, state, x, target, Array(8).fill(0.01));
    assert.deepEqual(records.map(({ step }) => step), [0, 1, 2, 3, 4, 5, 6, 7], "a ring of eight slots");
    assert.deepEqual(await ring.read(8), [], "each once");
    await assert.rejects(ring.read(9), /the loss of step 8 was not recorded/);
    await assert.rejects(
      deviceRun(engine, { kind: "sgd" }, state, x, target, Array(13).fill(0.01)),
      /13 steps ran since the losses were last read, and the ring holds 8: 5 are lost, from step 0 on/,
    );
  } finally {
    engine.dispose();
  }
});
