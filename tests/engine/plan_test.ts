import assert from "node:assert/strict";
import { RandomValues } from "../../testing/random_values.ts";
import {
  chromeTrace,
  Engine,
  firstNonFinite,
  GpuError,
  type HostArray,
  type Kernel,
  LossRing,
  Parameters,
  recordOptimizer,
  type Step,
  summariseTimings,
  type Tensor,
} from "../../engine/mod.ts";
import { concatColumns } from "../../engine/ops/concat_columns.ts";
import { elementwise } from "../../engine/ops/elementwise.ts";
import { layerNorm } from "../../engine/ops/layer_norm.ts";
import { linear } from "../../engine/ops/linear.ts";
import { mseLoss } from "../../engine/ops/mse_loss.ts";
import { deviceTest } from "../support/gpu_test.ts";

const [rows, width, hidden] = [9, 33, 65];

/** A small network with everything a training step has: dropout, norm, Adam, clipping. */
async function trainer(engine: Engine, seed: number) {
  const parameters = new Parameters(engine.device, [
    { key: "first", shape: [hidden, width], kind: "parameter", trainable: true },
    { key: "scale", shape: [hidden], kind: "parameter", trainable: true },
    { key: "shift", shape: [hidden], kind: "parameter", trainable: true },
    { key: "second", shape: [1, hidden], kind: "parameter", trainable: true },
  ]);
  const random = new RandomValues(seed);
  parameters.write("first", random.floats(hidden * width, 0.2));
  parameters.write("scale", new Float32Array(hidden).fill(1));
  parameters.write("second", random.floats(hidden, 0.2));
  const ring = new LossRing(engine.device);
  const { plan, result } = await engine.record("trainer", (step) => {
    const [x, target] = [step.input([rows, width], "x"), step.input([rows, 1], "target")];
    let y = linear(step, { x, weight: parameters.get("first") }, { activation: "leakyRelu", slope: 0.1 });
    y = layerNorm(step, { x: y, scale: parameters.get("scale"), shift: parameters.get("shift") }, {
      kind: "torch",
    });
    y = elementwise(step, { x: y }, { stages: [{ kind: "dropout", rate: 0.2 }], site: 3 });
    y = linear(step, { x: y, weight: parameters.get("second") }, {});
    const loss = mseLoss(step, { prediction: y, target }, undefined);
    step.backward(loss, engine.one);
    recordOptimizer(step, parameters, loss, ring, { kind: "adam", clipNorm: 1 });
    return { x, target };
  });
  const [x, target] = [random.floats(rows * width), random.floats(rows)];
  const train = (step: number, runSeed = 7) =>
    plan.replay(new Map([[result.x, x], [result.target, target]]), {
      step,
      seed: runSeed,
      learningRate: 0.01,
    });
  return { plan, parameters, ring, train, inputs: new Map([[result.x, x], [result.target, target]]) };
}

async function withEngine(run: (engine: Engine) => Promise<void>): Promise<void> {
  const engine = await Engine.open(navigator.gpu, { poison: true });
  try {
    await run(engine);
  } finally {
    engine.dispose();
  }
}

deviceTest("same seed, same bytes; another seed, others", () =>
  withEngine(async (engine) => {
    const run = async (runSeed: number) => {
      const { parameters, ring, train } = await trainer(engine, 1);
      for (let step = 0; step < 20; step++) train(step, runSeed);
      const records = await ring.read(20);
      return { values: [...(await parameters.values()).values()], losses: records.map(({ loss }) => loss) };
    };
    const first = await run(7);
    assert.deepEqual(await run(7), first);
    assert.notDeepEqual((await run(8)).losses, first.losses);
    assert.ok(first.losses.at(-1)! < first.losses[0], "and the loss falls");
  }));

deviceTest(
  "a replay creates nothing, and memory stays flat over 1,000 steps",
  () =>
    withEngine(async (engine) => {
      const { train, plan } = await trainer(engine, 1);
      train(0);
      await engine.device.idle();
      const created = { ...engine.device.created };
      const { resident, peak } = engine.device.memory;
      const process = () => Deno.memoryUsage().rss;
      for (let step = 1; step < 100; step++) train(step);
      await engine.device.idle();
      const before = process();
      for (let step = 100; step < 1000; step++) {
        train(step);
        if (step % 100 === 0) await engine.device.idle();
      }
      await engine.device.idle();
      assert.deepEqual(engine.device.created, created);
      assert.deepEqual(engine.device.memory, { resident, peak });
      const growth = process() - before;
      assert.ok(growth < 0.05 * before + 16e6, `the process grew by ${Math.round(growth / 1e6)} MB`);
      assert.ok(plan.liveBytes <= engine.workspace.bytes, "what lives at once fits the workspace");
      assert.ok(engine.workspace.bytes < plan.unsharedBytes, "tensors share memory");
    }),
);

deviceTest("plans of one engine share their workspace", () =>
  withEngine(async (engine) => {
    const record = (count: number) =>
      engine.record("chain", (step) => {
        let y: Tensor = step.input([1000], "x");
        for (let k = 0; k < count; k++) y = elementwise(step, { x: y }, { stages: [{ kind: "square" }] });
        return step.keep(y);
      });
    await record(10);
    const bytes = engine.workspace.bytes;
    const { plan } = await record(30);
    assert.equal(engine.workspace.bytes, bytes, "the longer chain needs no more");
    assert.equal(plan.unsharedBytes, 31 * 4000);
    assert.ok(plan.liveBytes <= 3 * 4000, `${plan.liveBytes} bytes live at once`);
  }));

deviceTest("a cleared engine has no memory but its own left, and its kernels compiled", async () => {
  const engine = await Engine.open(navigator.gpu);
  try {
    const record = async () => {
      const x = engine.constant([rows, width], new RandomValues(1).floats(rows * width), "x");
      const { plan, result } = await engine.record(
        "relu",
        (step) => step.keep(elementwise(step, { x }, { stages: [{ kind: "relu" }] })),
      );
      plan.replay(new Map(), engine.still);
      return { plan, values: new Float32Array(await plan.read(result)) };
    };
    const before = engine.device.memory.resident;
    const first = await record();
    const { pipelines } = engine.device.created;
    engine.clear();
    assert.equal(engine.device.memory.resident, before);
    assert.throws(() => first.plan.replay(new Map(), engine.still), /has been disposed of/);
    assert.deepEqual((await record()).values, first.values);
    assert.equal(engine.device.created.pipelines, pipelines);
  } finally {
    engine.dispose();
  }
});

deviceTest(
  "the autopsy names the first tensor that is not finite, and who wrote it",
  () =>
    withEngine(async (engine) => {
      const values = new RandomValues(2).floats(33);
      values[5] = 200;
      const { plan, result: x } = await engine.record("autopsy", (step) => {
        const x = step.input([33], "profile");
        const big = elementwise(step, { x }, { stages: [{ kind: "exp" }] });
        step.keep(elementwise(step, { x: big }, { stages: [{ kind: "square" }] }));
        return x;
      });
      assert.match(
        (await firstNonFinite(plan, new Map([[x, values]]), engine.still))!,
        /^exp \[33\], written by pointwise_forward \(elementwise\)$/,
      );
      values[5] = NaN;
      assert.match(
        (await firstNonFinite(plan, new Map([[x, values]]), engine.still))!,
        /^profile \[33\], read by pointwise_forward/,
      );
      values[5] = 0.5;
      assert.equal(await firstNonFinite(plan, new Map([[x, values]]), engine.still), undefined);
    }),
);

const doubling: Kernel = {
  name: "doubling",
  code: `struct Params { n: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;
override FACTOR: f32 = 2.0;
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x < params.n) { y[id.x] = FACTOR * x[id.x]; }
}`,
  workgroups: ({ n }) => [Math.ceil(n / 64), 1, 1],
  flops: ({ n }) => n,
  bytes: ({ n }) => 8 * n,
  iterations: () => 0,
};

/** Records `build` with tensors x and y and returns the message of the error. */
async function failureOf(build: (step: Step, x: Tensor, y: Tensor) => void): Promise<string> {
  const engine = await Engine.open(navigator.gpu);
  try {
    await engine.record("broken", (step) => build(step, step.input([7], "x"), step.empty([7], "y")));
  } catch (error) {
    assert.ok(error instanceof GpuError, `${error}`);
    return error.message;
  } finally {
    engine.dispose();
  }
  assert.fail("nothing was thrown");
}

deviceTest(
  "a kernel of one's own runs, with its constants, from outside the engine",
  () =>
    withEngine(async (engine) => {
      const { plan, result } = await engine.record("own", (step) => {
        const [x, y] = [step.input([7], "x"), step.empty([7], "y")];
        step.run({ ...doubling, constants: { FACTOR: 3 } }, { x, y }, { n: 7 });
        return { x, y: step.keep(y) };
      });
      plan.replay(new Map([[result.x, new Float32Array([1, 2, 3, 4, 5, 6, 7])]]), engine.still);
      assert.deepEqual([...new Float32Array(await plan.read(result.y))], [3, 6, 9, 12, 15, 18, 21]);
    }),
);

deviceTest("a shader error names kernel, constants and the source line", async () => {
  const code = doubling.code.replace("FACTOR * x[id.x]", "FACTOR * z[id.x]");
  const message = await failureOf((step, x, y) =>
    step.run({ ...doubling, code, constants: { FACTOR: 3 } }, { x, y }, { n: 7 })
  );
  assert.match(message, /kernel doubling \(FACTOR=3\) does not compile/);
  assert.match(message, /z\[id\.x\]/);
  assert.match(message, /8:/, "line 8 of the source");
});

deviceTest("bindings and uniforms that are missing, unknown or unaligned are refused by name", async () => {
  assert.match(await failureOf((step, x) => step.run(doubling, { x }, { n: 7 })), /nothing is bound to "y"/);
  assert.match(
    await failureOf((step, x, y) => step.run(doubling, { x, y, z: x }, { n: 7 })),
    /doubling has no storage binding called "z"/,
  );
  assert.match(
    await failureOf((step, x, y) => step.run(doubling, { x, y }, {})),
    /uniform "n" is undefined|NaN/,
  );
  assert.match(
    await failureOf((step, x, y) =>
      step.run(doubling, { x: { tensor: x, start: 3, length: 2 }, y }, { n: 2 })
    ),
    /range 3\+2 of x \[7\] is unaligned/,
  );
  assert.match(
    await failureOf((step, x, y) =>
      step.run({ ...doubling, code: doubling.code.replace("struct Params", "struct Sizes") }, { x, y }, {
        n: 7,
      })
    ),
    /doubling/,
  );
});

deviceTest(
  "a buffer that one dispatch both reads and writes is refused, naming kernel and tensors",
  async () => {
    const message = await failureOf((step, x) => step.run(doubling, { x, y: x }, { n: 7 }));
    assert.match(message, /kernel doubling \(doubling\) reads x \[7\] and writes x \[7\] in one buffer/);
  },
);

deviceTest(
  "an error that the device reports later fails the next call, and every one after it",
  () =>
    withEngine(async (engine) => {
      const { plan } = await engine.record("late", (step) => {
        step.keep(elementwise(step, { x: step.input([7], "x") }, { stages: [{ kind: "relu" }] }));
      });
      const small = engine.device.handle.createBuffer({ label: "too small", size: 16, usage: 8 });
      engine.device.queue.writeBuffer(small, 0, new Float32Array(8));
      await assert.rejects(() => engine.device.idle(), (error) => error instanceof GpuError);
      assert.throws(() => plan.replay(new Map(), engine.still), GpuError);
      small.destroy();
    }),
);

deviceTest("a lost device refuses everything that follows, with the reason", async () => {
  const engine = await Engine.open(navigator.gpu);
  engine.dispose();
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.throws(() => engine.device.check(), GpuError);
  assert.throws(() => engine.device.buffer(256, "late"), GpuError);
});

deviceTest("a buffer beyond the adapter's limit is refused by label and size", () =>
  withEngine((engine) => {
    const bytes = engine.device.limits.maxBufferSize + 4;
    assert.throws(
      () => engine.device.buffer(bytes, "scores"),
      (error) => error instanceof GpuError && /scores needs a buffer of \d+ bytes/.test(error.message),
    );
    return Promise.resolve();
  }));

deviceTest("a profile times every dispatch, and phases add up", () =>
  withEngine(async (engine) => {
    if (!engine.device.hasTimestamps) return console.log("skipped: no timestamp queries on this adapter");
    const { plan, inputs, train } = await trainer(engine, 1);
    train(0);
    const timings = await plan.profile(inputs, engine.still);
    assert.equal(timings.length, plan.dispatches.length);
    assert.ok(timings.every(({ milliseconds, start }) => milliseconds >= 0 && start >= 0));
    const summary = summariseTimings(timings);
    assert.ok(Math.abs(summary.reduce((sum, { share }) => sum + share, 0) - 1) < 1e-9);
    assert.equal(summary.reduce((sum, { calls }) => sum + calls, 0), timings.length);
    const trace = JSON.parse(chromeTrace(timings, "test"));
    assert.equal(trace.traceEvents.filter(({ ph }: { ph: string }) => ph === "X").length, timings.length);
    const phases = await plan.phaseTimes(inputs, engine.still);
    assert.deepEqual([...phases.keys()], ["forward", "backward", "update"]);
    assert.ok([...phases.values()].every((milliseconds) => milliseconds > 0));
  }));

deviceTest(
  "inputs left out, of another length or type, or unknown are refused by name",
  () =>
    withEngine(async (engine) => {
      const { plan, result: { x, y, index } } = await engine.record("short", (step) => {
        const [x, index] = [step.input([7], "profile"), step.input([2], "index", "u32")];
        const y = elementwise(step, { x }, { stages: [{ kind: "relu" }] });
        return { x, index, y: step.keep(y) };
      });
      const [profile, rows] = [new Float32Array(7), new Uint32Array(2)];
      const cases: [Map<Tensor, HostArray>, RegExp][] = [
        [new Map(), /short: the input profile \[7\] was left out/],
        [new Map([[x, profile]]), /short: the input index \[2\] was left out/],
        [
          new Map<Tensor, HostArray>([[x, new Float32Array(8)], [index, rows]]),
          /8 values were given for profile \[7\], which takes 7/,
        ],
        [
          new Map<Tensor, HostArray>([[x, new Float32Array(6)], [index, rows]]),
          /6 values were given for profile \[7\], which takes 7/,
        ],
        [
          new Map<Tensor, HostArray>([[x, new Uint32Array(7)], [index, rows]]),
          /a Uint32Array was given for profile \[7\], which is f32; expected a Float32Array/,
        ],
        [
          new Map<Tensor, HostArray>([[x, profile], [index, new Int32Array(2)]]),
          /a Int32Array was given for index \[2\], which is u32; expected a Uint32Array/,
        ],
        [
          new Map<Tensor, HostArray>([[x, profile], [index, rows], [y, profile]]),
          /given for relu \[7\], which is no input/,
        ],
      ];
      for (const [inputs, message] of cases) assert.throws(() => plan.replay(inputs, engine.still), message);
      plan.replay(new Map<Tensor, HostArray>([[x, profile], [index, rows]]), engine.still);
    }),
);

/** y = x squared `count` times over, kept. */
function chain(engine: Engine, name: string, size: number, count = 1) {
  return engine.record(name, (step) => {
    const x = step.input([size], "x");
    let y: Tensor = x;
    for (let k = 0; k < count; k++) y = elementwise(step, { x: y }, { stages: [{ kind: "square" }] });
    return { x, y: step.keep(y) };
  });
}

deviceTest(
  "a kept tensor can be read until another plan runs, and then is refused",
  () =>
    withEngine(async (engine) => {
      const [first, second] = [await chain(engine, "first", 7), await chain(engine, "second", 9)];
      await assert.rejects(
        first.plan.read(first.result.y),
        /square \[7\] of first cannot be read: it has not run yet/,
      );
      first.plan.replay(new Map([[first.result.x, new Float32Array(7).fill(3)]]), engine.still);
      assert.deepEqual([...new Float32Array(await first.plan.read(first.result.y))], Array(7).fill(9));
      second.plan.replay(new Map([[second.result.x, new Float32Array(9).fill(2)]]), engine.still);
      await assert.rejects(
        first.plan.read(first.result.y),
        (error) =>
          error instanceof GpuError && /of first cannot be read: second has run since/.test(error.message),
      );
      assert.deepEqual([...new Float32Array(await second.plan.read(second.result.y))], Array(9).fill(4));
      const large = await chain(engine, "large", 100_000);
      await assert.rejects(second.plan.read(second.result.y), /a larger plan was recorded since/);
      await assert.rejects(
        second.plan.read(second.result.x),
        /x \[9\] cannot be read, since it was not kept/,
      );
      // Plans recorded before the workspace grew run on in what it has become.
      for (const [{ plan, result: { x, y } }, value] of [[first, 5], [large, 6], [second, 7]] as const) {
        plan.replay(new Map([[x, new Float32Array(x.size).fill(value)]]), engine.still);
        assert.ok(new Float32Array(await plan.read(y)).every((found) => found === value ** 2));
      }
    }),
);

deviceTest(
  "plans hold as much memory in whatever order they are recorded",
  () =>
    withEngine(async (engine) => {
      const bytes: number[] = [];
      const sizes = Array.from({ length: 10 }, (_, k) => 20_011 * (k + 1));
      for (const order of [sizes, sizes.toReversed()]) {
        engine.workspace.dispose();
        const before = engine.device.memory.resident;
        for (const size of order) await chain(engine, `chain of ${size}`, size, 4);
        bytes.push(engine.workspace.bytes);
        const uniforms = engine.device.memory.resident - before - engine.workspace.bytes;
        assert.ok(uniforms <= 10 * 16 * 256, "the device holds no more than the workspace and the uniforms");
      }
      assert.equal(bytes[0], bytes[1]);
      assert.ok(
        bytes[0] <= 3 * 4 * 200_110 + 3 * 256,
        `${bytes[0]} bytes: the three buffers of the largest chain`,
      );
    }),
);

deviceTest("plans, parameters, rings and engines may be disposed of in any order, and twice", async () => {
  for (const planFirst of [true, false]) {
    const engine = await Engine.open(navigator.gpu);
    const ring = new LossRing(engine.device);
    const { plan, result } = await chain(engine, "short-lived", 7);
    const { resident } = engine.device.memory;
    if (planFirst) {
      plan.dispose();
      assert.equal(engine.device.memory.resident, resident - 256, "its uniforms");
      assert.throws(
        () => plan.replay(new Map([[result.x, new Float32Array(7)]]), engine.still),
        /short-lived has been disposed of and cannot run/,
      );
    }
    ring.dispose();
    engine.dispose();
    plan.dispose();
    ring.dispose();
    engine.dispose();
    assert.equal(engine.device.memory.resident, 0, "freed once");
  }
});

deviceTest("what nothing wrote is refused when it is read or kept", async () => {
  assert.match(
    await failureOf((step, _x, y) => step.run(doubling, { x: y, y: step.empty([7], "z") }, { n: 7 })),
    /broken: y \[7\] is read by doubling \(doubling\) and nothing wrote it before/,
  );
  assert.match(
    await failureOf((step, x, y) => {
      step.run(doubling, { x, y }, { n: 7 });
      step.keep(step.empty([7], "z"));
    }),
    /broken: z \[7\] is kept and nothing wrote it before/,
  );
});

deviceTest(
  "what a dispatch leaves unwritten is NaN in every replay on poisoned memory",
  () =>
    withEngine(async (engine) => {
      const { plan, result } = await engine.record("half", (step) => {
        const [x, y] = [step.input([70], "x"), step.empty([70], "y")];
        // Something of the same size that is done with before y begins: y gets its memory.
        const z = elementwise(step, { x }, { stages: [{ kind: "square" }] });
        step.run(doubling, { x: z, y: step.empty([70], "elsewhere") }, { n: 70 });
        step.run(doubling, { x, y }, { n: 65 });
        return { x, y: step.keep(y) };
      });
      for (let replay = 0; replay < 3; replay++) {
        plan.replay(new Map([[result.x, new Float32Array(70).fill(replay)]]), engine.still);
        const found = [...new Float32Array(await plan.read(result.y))];
        assert.deepEqual(found, [...Array(65).fill(2 * replay), ...Array(5).fill(NaN)]);
      }
    }),
);

deviceTest(
  "the autopsy names the parameter that went bad, not what it was written beside before",
  () =>
    withEngine(async (engine) => {
      const parameters = new Parameters(engine.device, [
        { key: "w_gex", shape: [5, 3], kind: "parameter", trainable: true },
      ]);
      parameters.write("w_gex", new Float32Array(15).fill(NaN));
      const ring = new LossRing(engine.device);
      const { plan, result } = await engine.record("concat", (step) => {
        const x = step.input([5, 2], "x");
        const both = concatColumns(step, [x, parameters.get("w_gex")]);
        const target = engine.constant([5, 5], new Float32Array(25), "target");
        const loss = mseLoss(step, { prediction: both, target });
        step.backward(loss, engine.one);
        recordOptimizer(step, parameters, loss, ring, { kind: "adam" });
        return x;
      });
      const inputs = new Map([[result, new Float32Array(10)]]);
      plan.replay(inputs, { step: 0, seed: 0, learningRate: 0.1 });
      assert.equal((await ring.read(1))[0].halted, true);
      assert.equal(
        await firstNonFinite(plan, inputs, { step: 0, seed: 0, learningRate: 0.1 }),
        "w_gex [5, 3], read by join_columns_2 (concat_columns)",
      );
      parameters.dispose();
      ring.dispose();
    }),
);
