/** What programs hand to the engine that no model of this project does: refused by name, and nothing is spoilt by it. */
import assert from "node:assert/strict";
import { Engine, GpuError, LossRing, Parameters, recordOptimizer, type Step } from "../../engine/mod.ts";
import { elementwise } from "../../engine/ops/elementwise.ts";
import { linear } from "../../engine/ops/linear.ts";
import { softmax } from "../../engine/ops/softmax.ts";
import { copy } from "../../kernels/add/add.ts";
import { specialise } from "../../kernels/descriptor.ts";
import { deviceTest } from "../support/gpu_test.ts";

const spec = { key: "p", shape: [1, 3], kind: "parameter", trainable: true } as const;
const gradient = Float32Array.of(1, 2, 3);
const values = { step: 0, seed: 0, learningRate: 0.125 };

/** An engine, parameters p of ones, and a plan that moves them by SGD along a given gradient. */
async function setUp() {
  const engine = await Engine.open(navigator.gpu, { poison: true });
  const parameters = new Parameters(engine.device, [spec]);
  parameters.write("p", Float32Array.of(1, 1, 1));
  const ring = new LossRing(engine.device, 8);
  const train = (step: Step, options = {}) => {
    const x = step.input([1, 3], "x");
    const loss = linear(step, { x, weight: parameters.get("p") }, {});
    step.backward(loss, engine.one);
    recordOptimizer(step, parameters, loss, ring, { kind: "sgd", betas: [0, 0], ...options });
    return x;
  };
  const { plan, result: x } = await engine.record("train", (step) => train(step));
  const run = (given = values) => plan.replay(new Map([[x, gradient]]), given);
  return { engine, parameters, train, plan, run };
}

deviceTest(
  "step, seed and learning rate that the device cannot hold are refused, and nothing runs",
  async () => {
    const { engine, parameters, run } = await setUp();
    try {
      for (
        const [name, value] of [["step", 2 ** 32], ["step", -1], ["step", 1.5], ["seed", 2 ** 33], [
          "seed",
          NaN,
        ]]
      ) {
        assert.throws(
          () => run({ ...values, [name]: value }),
          new RegExp(
            `RangeError: the ${name} of a replay is ${value}; expected a whole number from 0 to 4294967295`,
          ),
        );
      }
      for (const learningRate of [NaN, Infinity, 1e39, -1]) {
        assert.throws(
          () => run({ ...values, learningRate }),
          (error: Error) =>
            error.message.startsWith(`the learning rate of a replay is ${learningRate}; expected`),
        );
      }
      run({ ...values, step: 2 ** 32 - 1, seed: 2 ** 32 - 1 });
      assert.deepEqual([...(await parameters.values()).get("p")!], [0.875, 0.75, 0.625]);
    } finally {
      engine.dispose();
    }
  },
);

deviceTest("what has been disposed of is not used: Deno would end the process", async () => {
  const { engine, parameters, plan, run } = await setUp();
  run();
  const ring = new LossRing(engine.device, 8);
  ring.dispose();
  await assert.rejects(ring.read(3), /GpuError: this loss ring has been disposed of/);
  assert.throws(() => ring.reset(0), /GpuError: this loss ring has been disposed of/);
  const p = parameters.get("p");
  parameters.dispose();
  assert.throws(() => run(), /GpuError: train: p has been disposed of; dispose of what uses it first/);
  await assert.rejects(plan.read(p), /GpuError: train: p has been disposed of/);
  engine.dispose();
  assert.throws(
    () => engine.constant([1], Float32Array.of(1), "c"),
    /GpuError: this engine has been disposed of/,
  );
  await assert.rejects(
    engine.record("late", () => {}),
    /GpuError: this engine has been disposed of; open another/,
  );
});

deviceTest("a device that is lost while values are read is named as the cause", async () => {
  const { engine, parameters, plan, run } = await setUp();
  run();
  engine.device.handle.destroy();
  await assert.rejects(plan.read(parameters.get("p")), /GpuError: the device was lost \(destroyed\)/);
  await assert.rejects(parameters.values(), /GpuError: the device was lost \(destroyed\)/);
  engine.dispose();
});

deviceTest("extents, keys, counts and rates that cannot be are refused", async () => {
  const { engine, parameters, train, run } = await setUp();
  const { device } = engine;
  try {
    for (const extent of [-2, 1.5, NaN, Infinity]) {
      await assert.rejects(
        engine.record("shape", (step) => softmax(step, { x: step.input([extent, 2], "x") })),
        new RegExp(
          `RangeError: x \\[${extent}, 2\\] has an extent of ${extent}; expected whole numbers from 0`,
        ),
      );
    }
    assert.throws(
      () => new Parameters(device, [spec, spec]),
      /RangeError: there are two parameters called "p"/,
    );
    // Before it makes room for what comes before in the list.
    const { resident } = device.memory, wide = { ...spec, key: "wide", shape: [2 ** 20, 2 ** 20] };
    assert.throws(
      () => new Parameters(device, [spec, { ...spec, key: "q", shape: [2 ** 20] }, wide]),
      /GpuError: parameter wide needs a buffer of 4398046511104 bytes; this adapter allows \d+\./,
    );
    assert.equal(device.memory.resident, resident);
    assert.throws(() => parameters.writeMoments("q", gradient, gradient, 1), /no parameter called "q"/);
    for (const steps of [-1, 0.5, 2 ** 32]) {
      assert.throws(
        () => parameters.writeMoments("p", gradient, gradient, steps),
        /of p \[1, 3\] are of .* steps/,
      );
    }
    for (const slots of [0, -3, 1.5]) {
      assert.throws(
        () => new LossRing(device, slots),
        /a loss ring of .* slots; expected a whole number from 1/,
      );
    }
    for (const options of [{ epsilon: NaN }, { epsilon: -1 }, { weightDecay: -1 }]) {
      await assert.rejects(engine.record("rates", (step) => train(step, options)), /expected numbers from 0/);
    }
    for (const rate of [-0.5, 1.5, NaN]) {
      await assert.rejects(
        engine.record("dropout", (step) => {
          const x = step.input([1, 3], "x");
          return elementwise(step, { x }, { stages: [{ kind: "dropout", rate }] });
        }),
        new RegExp(`elementwise\\(\\): the dropout rate is ${rate}; expected a number from 0 to 1`),
      );
    }
    assert.throws(() => device.compile(specialise(copy, { KIND: NaN })), /the constant KIND is NaN/);
    // A tensor of one step is nothing to another.
    const other = await engine.record("one", (step) => softmax(step, { x: step.input([1, 3], "x") }));
    await assert.rejects(
      engine.record("another", (step) => step.keep(softmax(step, { x: other.result }))),
      (error: Error) => error instanceof GpuError && /nothing wrote it before/.test(error.message),
    );
    run();
    assert.deepEqual([...(await parameters.values()).get("p")!], [0.875, 0.75, 0.625], "and all goes on");
  } finally {
    engine.dispose();
  }
});
