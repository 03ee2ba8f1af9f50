import assert from "node:assert/strict";
import { RandomValues } from "../../testing/random_values.ts";
import {
  defineOperation,
  Engine,
  GpuError,
  LossRing,
  type OptimizerOptions,
  Parameters,
  recordOptimizer,
  reshaped,
  type Step,
  type Tensor,
} from "../../engine/mod.ts";
import { add } from "../../engine/ops/add.ts";
import { broadcastAdd } from "../../engine/ops/broadcast_add.ts";
import { elementwise } from "../../engine/ops/elementwise.ts";
import { linear } from "../../engine/ops/linear.ts";
import { mseLoss } from "../../engine/ops/mse_loss.ts";
import { reshape } from "../../engine/ops/reshape.ts";
import { copy } from "../../kernels/add/add.ts";
import { assertClose } from "../../testing/assert_close.ts";
import { deviceTest } from "../support/gpu_test.ts";

/** A test with an engine whose memory is poisoned and two trainable parameters p and q of three values, all 1. */
function tapeTest(name: string, run: (engine: Engine, parameters: Parameters) => Promise<void>): void {
  deviceTest(name, async () => {
    const engine = await Engine.open(navigator.gpu, { poison: true });
    try {
      const parameters = new Parameters(engine.device, [
        { key: "p", shape: [1, 3], kind: "parameter", trainable: true },
        { key: "q", shape: [1, 3], kind: "parameter", trainable: true },
      ]);
      for (const key of ["p", "q"]) parameters.write(key, new Float32Array(3).fill(1));
      await run(engine, parameters);
      parameters.dispose();
    } finally {
      engine.dispose();
    }
  });
}

/** Replays `build`'s loss with an optimiser, `steps` times, and gives the parameters. */
async function train(
  engine: Engine,
  parameters: Parameters,
  build: (step: Step, p: Tensor, q: Tensor) => Tensor,
  options: OptimizerOptions,
  steps = 1,
) {
  const ring = new LossRing(engine.device);
  const { plan } = await engine.record("train", (step) => {
    const loss = build(step, parameters.get("p"), parameters.get("q"));
    step.backward(loss, engine.one);
    recordOptimizer(step, parameters, loss, ring, options);
  });
  for (let step = 0; step < steps; step++) {
    plan.replay(new Map(), { step, seed: 0, learningRate: 0.01 });
  }
  const records = await ring.read(steps);
  const values = await parameters.values();
  return { p: [...values.get("p")!], q: [...values.get("q")!], records };
}

/** x . w, whose gradient in w is x. */
const dot = (engine: Engine, x: readonly number[]) => {
  const tensor = engine.constant([1, 3], Float32Array.from(x), "x");
  return (step: Step, weight: Tensor) => linear(step, { x: tensor, weight }, {});
};

tapeTest(
  "a parameter moves only in the plans whose loss reaches it, whatever gradient another plan left",
  async (engine, parameters) => {
    const x = dot(engine, [1, 2, 3]);
    const both = await train(
      engine,
      parameters,
      (step, p, q) => add(step, { a: x(step, p), b: x(step, q) }),
      {
        kind: "sgd",
        betas: [0, 0.999],
      },
    );
    assertClose(both.p, [0.99, 0.98, 0.97], "p after the first plan", { tolerance: 1e-6 });
    for (const kind of ["sgd", "adam", "adamw"] as const) {
      const one = await train(
        engine,
        parameters,
        (step, _p, q) => x(step, q),
        { kind, weightDecay: 0.1 },
        3,
      );
      assert.deepEqual(one.p, both.p, `${kind}: p has no part in the second loss, and does not decay either`);
      assert.notDeepEqual(one.q, both.q);
    }
  },
);

tapeTest(
  "betas given to the optimiser alone are those of its bias corrections",
  async (engine, parameters) => {
    const x = dot(engine, [1, -2, 3]);
    const { p } = await train(engine, parameters, (step, p) => x(step, p), {
      kind: "adam",
      betas: [0.5, 0.8],
    });
    // The first step of Adam is as long as the learning rate, whatever the betas.
    assertClose(p, [0.99, 1.01, 0.99], "p", { tolerance: 1e-6 });
    for (
      const [options, message] of [
        [{ betas: [1, 0.9] }, /betas are 1 and 0\.9; expected/],
        [{ clipNorm: NaN }, /clipped to NaN/],
        [{ clipNorm: 1e30 }, /clipped to 1e\+30/],
      ] as const
    ) {
      await assert.rejects(
        train(engine, parameters, (step, p) => x(step, p), { kind: "adam", ...options }),
        message,
      );
    }
  },
);

tapeTest("gradients whose squares overflow are clipped like any others", async (engine, parameters) => {
  for (const size of [3e19, 1e36]) {
    const direction = [1, -2, 2].map((value) => value * size);
    const x = dot(engine, direction);
    const before = (await parameters.values()).get("p")!;
    const options: OptimizerOptions = { kind: "sgd", betas: [0, 0.999], clipNorm: 3 };
    const { p, records } = await train(engine, parameters, (step, p) => x(step, p), options);
    assert.equal(records[0].halted, false, `${size}`);
    assertClose([records[0].norm], [3 * size], "norm", { tolerance: 1e-6 });
    assertClose(p, [1, -2, 2].map((value, i) => before[i] - 0.01 * value), "clipped step", {
      tolerance: 1e-6,
    });
    // Without clipping the moments would overflow instead.
    const unclipped = await train(engine, parameters, (step, p) => x(step, p), { kind: "adam" });
    assert.equal(unclipped.records[0].halted, true);
    assert.deepEqual(unclipped.p, p, "nothing moves");
  }
});

tapeTest(
  "a second backward pass of one step, and an optimiser with nothing to move, are refused",
  async (engine, parameters) => {
    const x = dot(engine, [1, 2, 3]);
    await assert.rejects(
      engine.record("twice", (step) => {
        const loss = x(step, parameters.get("p"));
        step.backward(loss, engine.one);
        step.backward(loss, engine.one);
      }),
      /backward of linear\(p\) \[1, 1\]: this step has a backward pass already; add the losses up/,
    );
    const data = engine.constant([1, 3], new Float32Array(3), "data");
    for (const backward of [true, false]) {
      await assert.rejects(
        engine.record("nothing", (step) => {
          const loss = x(step, backward ? data : parameters.get("p"));
          if (backward) step.backward(loss, engine.one);
          recordOptimizer(step, parameters, loss, new LossRing(engine.device), { kind: "adam" });
        }),
        backward
          ? /would move nothing: .* reaches none of the 2 trainable parameters/
          : /p \[1, 3\] has no gradient yet; call step.backward\(\) first/,
      );
    }
  },
);

tapeTest("a tensor's gradient is its own, whoever its gradient was handed on to", async (engine) => {
  const constant = (value: number, gradient = false) =>
    engine.constant([1, 3], new Float32Array(3).fill(value), `constant ${value}`, gradient);
  const [a, b, weight, other] = [constant(2, true), constant(3, true), constant(5), constant(7)];
  const { plan, result } = await engine.record("handed on", (step) => {
    const u = elementwise(step, { x: a }, { stages: [{ kind: "affine", scale: 1, shift: 0 }] });
    const sum = add(step, { a: u, b }); // hands its gradient on to u and b
    const first = linear(step, { x: sum, weight }, {});
    const second = linear(step, { x: u, weight: other }, {}); // adds to u's alone
    step.backward(add(step, { a: first, b: second }), engine.one);
    return [sum, u, a, b].map((tensor) => step.keep(step.gradient(tensor)!));
  });
  plan.replay(new Map(), engine.still);
  const found: number[][] = [];
  for (const gradient of result) found.push([...new Float32Array(await plan.read(gradient))]);
  assert.deepEqual(found, [[5, 5, 5], [12, 12, 12], [12, 12, 12], [5, 5, 5]]);
});

tapeTest(
  "a parameter trains through reshape(), and reshaped() of it is refused",
  async (engine, parameters) => {
    const target = engine.constant([3], new Float32Array(3), "target");
    const { p } = await train(
      engine,
      parameters,
      (step, p) => mseLoss(step, { prediction: reshape(step, { x: p }, { shape: [3] }), target }),
      { kind: "sgd", betas: [0, 0.999] },
    );
    assertClose(p, Array(3).fill(1 - 0.01 * 2 / 3), "p", { tolerance: 1e-6 });
    assert.throws(
      () => reshaped(parameters.get("p"), [3]),
      /p \[1, 3\] needs a gradient, which would be lost.*use the operation reshape\(\)/,
    );
  },
);

tapeTest(
  "broadcastAdd() of parameters alone, behind an activation, trains all of them",
  async (engine, parameters) => {
    const ones = dot(engine, [1, 1, 1]);
    const sizes = { samples: 1, items: 1, activation: "leakyRelu", slope: 0.1 } as const;
    const { p, q } = await train(
      engine,
      parameters,
      (step, p, q) => {
        const x = broadcastAdd(step, { full: p, sample: q, item: p }, sizes);
        return ones(step, reshape(step, { x }, { shape: [1, 3] }));
      },
      { kind: "sgd", betas: [0, 0.999] },
    );
    assertClose(p, Array(3).fill(1 - 0.02), "p, used twice", { tolerance: 1e-6 });
    assertClose(q, Array(3).fill(1 - 0.01), "q", { tolerance: 1e-6 });
    await assert.rejects(
      engine.record("slope", (step) => {
        broadcastAdd(step, { full: parameters.get("p") }, { ...sizes, slope: -1 });
      }),
      /slope -1 of the leaky ReLU must not be negative/,
    );
  },
);

tapeTest(
  "dropouts without a site draw masks of their own, the same whenever the step is recorded",
  async (engine) => {
    const x = engine.constant([999], new Float32Array(999).fill(1), "x");
    const masks = async () => {
      const { plan, result } = await engine.record(
        "dropouts",
        (step) =>
          [0, 1].map(() => step.keep(elementwise(step, { x }, { stages: [{ kind: "dropout", rate: 0.5 }] }))),
      );
      plan.replay(new Map(), { step: 3, seed: 4, learningRate: 0 });
      return [new Float32Array(await plan.read(result[0])), new Float32Array(await plan.read(result[1]))];
    };
    const [first, second] = await masks();
    const shared = first.reduce((sum, value, i) => sum + Number((value > 0) === (second[i] > 0)), 0);
    assert.ok(shared > 400 && shared < 600, `${shared} of 999 elements are treated alike`);
    assert.deepEqual(await masks(), [first, second]);
  },
);

/** Doubles, and derives wrongly in a given way. */
const faulty = (backward: (step: Step, dy: Tensor, dx: Tensor) => void) =>
  defineOperation<{ x: Tensor }, void, void>({
    name: "faulty",
    forward(step, { x }) {
      const y = step.empty(x.shape, "y");
      step.run(copy, { into: y, source: x }, { n: y.size });
      return { output: y, saved: undefined };
    },
    backward: (step, { dy, gradient }) => backward(step, dy, gradient("x")!),
  });

tapeTest(
  "a derivative that is not written, or is written over dy, is refused; one half written comes out as NaN",
  async (engine, parameters) => {
    const random = new RandomValues(3);
    const upstream = engine.constant([1, 3], random.floats(3), "upstream");
    const record = (operation: ReturnType<typeof faulty>, x: Tensor) =>
      engine.record("faulty", (step) => {
        const y = operation(step, { x });
        step.backward(elementwise(step, { x: y }, { stages: [{ kind: "square" }] }), upstream);
        return step.keep(step.gradient(x)!);
      });
    const planned = engine.constant([1, 3], random.floats(3), "x", true);
    for (const x of [planned, parameters.get("p")]) {
      await assert.rejects(
        record(faulty(() => {}), x),
        /operation faulty: its backward pass asked where to write d\((x|p)\) \[1, 3\] and wrote nothing there/,
      );
      await assert.rejects(
        record(faulty((step, dy, dx) => step.run(copy, { into: dy, source: dx }, { n: 3 })), x),
        (error) => error instanceof GpuError && /faulty: its backward pass writes dy/.test(error.message),
      );
      const { plan, result } = await record(
        faulty((step, dy, dx) => step.run(copy, { into: dx, source: dy }, { n: 2 })),
        x,
      );
      for (let replay = 0; replay < 2; replay++) {
        plan.replay(new Map(), engine.still);
        const found = new Float32Array(await plan.read(result));
        assert.deepEqual([...found].map(Number.isNaN), [false, false, true]);
      }
    }
  },
);
