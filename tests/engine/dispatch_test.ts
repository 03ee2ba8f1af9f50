import assert from "node:assert/strict";
import { Engine, GpuError, type Kernel, ShapeError, type Step, type Tensor } from "../../engine/mod.ts";
import { cutAtMost, cutFiner, cutInto, cutSum, piecesOf } from "../../engine/cut.ts";
import { kernelLayout, packUniforms } from "../../engine/kernel_layout.ts";
import { loopBudget, probedIterations } from "../../engine/loop_budget.ts";
import { batchNorm } from "../../engine/ops/batch_norm.ts";
import { gatherRows, invertIndex } from "../../engine/ops/gather_rows.ts";
import { layerNorm } from "../../engine/ops/layer_norm.ts";
import { linear } from "../../engine/ops/linear.ts";
import { recordMatmul } from "../../engine/ops/matmul.ts";
import { matrix } from "../../engine/ops/matrix_view.ts";
import { mseLoss } from "../../engine/ops/mse_loss.ts";
import { recordSum } from "../../engine/ops/reduce_sum.ts";
import { softmax } from "../../engine/ops/softmax.ts";
import { loop } from "../../kernels/descriptor.ts";
import { chooseMatmul } from "../../kernels/matmul/matmul.ts";
import { RandomValues } from "../../testing/random_values.ts";
import { checkOperation } from "../../testing/check_operation.ts";
import { linearReference } from "../../bench/reference/linear.ts";
import {
  batchNormReference,
  layerNormReference,
  softmaxReference,
} from "../../bench/reference/normalisation.ts";
import { deviceTest, gpuTest, releaseEngines } from "../support/gpu_test.ts";

/** y[i] = how often one thread went round, twice as often as asked. */
const rounds: Kernel = {
  name: "rounds",
  code: `struct Params { n: u32, turns: u32 }
@group(0) @binding(0) var<storage, read_write> y: array<f32>;
@group(0) @binding(1) var<uniform> params: Params;
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.n) { return; }
  var sum = 0.0;
  for (var i = 0u; i < params.turns; i++) { sum = sum * 0.5 + 1.0; }
  y[id.x] = sum;
}`,
  workgroups: ({ n }) => [Math.ceil(n / 64), 1, 1],
  flops: ({ n, turns }) => n * turns,
  bytes: ({ n }) => 4 * n,
  iterations: ({ turns }) => loop(turns),
};

async function values(engine: Engine, build: (step: Step) => Tensor): Promise<number[]> {
  const { plan, result } = await engine.record("values", (step) => step.keep(build(step)));
  plan.replay(new Map(), engine.still);
  return [...new Float32Array(await plan.read(result))];
}

function messageOf(run: () => Promise<unknown>): Promise<string> {
  return run().then(() => assert.fail("nothing was refused"), (error: Error) => {
    assert.ok(error instanceof GpuError || error instanceof ShapeError, `${error.stack}`);
    return error.message;
  });
}

Deno.test("cuts hold every unit once, in pieces no larger than asked", () => {
  for (const total of [0, 1, 7, 64, 65, 1023, 1024, 2048, 131_073]) {
    for (const cut of [cutInto(total, 7), cutInto(total, 3, 16), cutAtMost(total, 33), cutSum(total, 64)]) {
      const pieces = piecesOf(total, cut);
      assert.equal(pieces.length, cut.pieces);
      assert.equal(pieces.reduce((sum, { count }) => sum + count, 0), total);
      assert.ok(pieces.every(({ from, count }, k) => from === k * cut.each && count <= cut.each));
      assert.ok(total === 0 || pieces.every(({ count }) => count > 0), `${total} in ${JSON.stringify(cut)}`);
    }
    assert.ok(cutAtMost(total, 33).each <= 33);
    assert.ok(total < 128 || cutSum(total, 64).each >= 64);
    assert.equal(cutInto(total, 3, 16).each % 16, 0);
  }
  assert.deepEqual(cutSum(127, 64), { each: 127, pieces: 1 });
  assert.ok(cutSum(1e8, 64).each < 2e4 && cutSum(1e8, 64).pieces < 2e4, "neither stage is long");
  assert.ok(cutFiner(1000, { each: 1000, pieces: 1 }, (each) => each <= 30).each <= 30);
});

deviceTest(
  "the loops that an adapter runs are measured, and what one thread would need beyond is refused",
  async () => {
    const engine = await Engine.open(navigator.gpu, { poison: true });
    try {
      const { maxIterations, handle, adapter } = engine.device;
      assert.equal(await loopBudget(handle, adapter.info), maxIterations);
      assert.ok(maxIterations >= 65_536 && maxIterations <= probedIterations + 1, `${maxIterations}`);
      const run = (turns: number) =>
        values(engine, (step) => {
          const y = step.empty([3], "y");
          step.run(rounds, { y }, { n: 3, turns });
          return y;
        });
      // The largest number that is let through really runs to its end.
      assert.deepEqual(await run(maxIterations - 1), [2, 2, 2]);
      assert.match(
        await messageOf(() => run(maxIterations)),
        new RegExp(
          `rounds at n 3, turns ${maxIterations} may need ${
            maxIterations + 1
          } loop iterations .* run ${maxIterations}`,
        ),
      );
    } finally {
      engine.dispose();
    }
  },
);

deviceTest("with few loop iterations sums are cut until they run, and stay right", async () => {
  for (const adapterClass of ["software", "gpu"] as const) {
    const engine = await Engine.open(navigator.gpu, { poison: true, maxIterations: 400, adapterClass });
    try {
      const [rows, width, out] = [3001, 5, 3];
      await checkOperation(engine, {
        name: "linear of many rows",
        inputs: { x: { shape: [rows, width] }, weight: { shape: [out, width] }, bias: { shape: [out] } },
        build: (step, { x, weight, bias }) => linear(step, { x, weight, bias }, { activation: "relu" }),
        reference: linearReference({ rows, width, out, bias: true, activation: "relu" }),
        tolerance: 4e-6,
      });
      await checkOperation(engine, {
        name: "linear of wide rows",
        inputs: { x: { shape: [2, 4099] }, weight: { shape: [3, 4099] }, bias: { shape: [3] } },
        build: (step, { x, weight, bias }) => linear(step, { x, weight, bias }, { activation: "relu" }),
        reference: linearReference({ rows: 2, width: 4099, out: 3, bias: true, activation: "relu" }),
        tolerance: 4e-6,
      });
      await checkOperation(engine, {
        name: "gather from few sources",
        inputs: {
          x: { shape: [2, 3] },
          index: {
            shape: [1501],
            values: Uint32Array.from({ length: 1501 }, (_, i) => i % 3 ? 1 : 0),
            gradient: false,
          },
          ...Object.fromEntries(
            Object.entries(invertIndex(Uint32Array.from({ length: 1501 }, (_, i) => i % 3 ? 1 : 0), 2)).map((
              [name, list],
            ) => [name, { shape: [list.length], values: list, gradient: false }]),
          ),
        },
        build: (step, { x, index, starts, users }) => gatherRows(step, { x, index, starts, users }),
        reference: {
          forward: ({ x, index }) =>
            Float64Array.from(
              { length: 3 * index.length },
              (_, i) => x[3 * index[Math.floor(i / 3)] + i % 3],
            ),
          backward({ x, index }, dy) {
            const dx = new Float64Array(x.length);
            for (let i = 0; i < dy.length; i++) dx[3 * index[Math.floor(i / 3)] + i % 3] += dy[i];
            return { x: dx };
          },
        },
      });
    } finally {
      engine.dispose();
    }
  }
});

gpuTest("long rows and long columns are normalised like short ones", async (engine) => {
  for (const [rows, width] of [[3, 2047], [2, 2049], [2, 5003]]) {
    await checkOperation(engine, {
      name: `softmax ${rows} x ${width}`,
      inputs: { x: { shape: [rows, width], amplitude: 3 } },
      build: (step, { x }) => softmax(step, { x }),
      reference: softmaxReference(rows, width),
      tolerance: 4e-6,
    });
    await checkOperation(engine, {
      name: `layerNorm ${rows} x ${width}`,
      inputs: { x: { shape: [rows, width] }, scale: { shape: [width] }, shift: { shape: [width] } },
      build: (step, { x, scale, shift }) => layerNorm(step, { x, scale, shift }, { kind: "torch" }),
      reference: layerNormReference("torch", rows, width),
      tolerance: 4e-6,
    });
  }
  for (const rows of [255, 256, 1003]) {
    const state = { shape: [3], values: new Float32Array([1, 1, 1]), gradient: false };
    await checkOperation(engine, {
      name: `batchNorm ${rows} x 3`,
      inputs: {
        x: { shape: [rows, 3] },
        scale: { shape: [3] },
        shift: { shape: [3] },
        runningMean: state,
        runningVariance: state,
      },
      build: (step, { x, scale, shift, runningMean, runningVariance }) =>
        batchNorm(step, { x, scale, shift, runningMean, runningVariance }, { train: true }),
      reference: batchNormReference(true, rows, 3),
      tolerance: 4e-6,
      repeatable: false,
    });
  }
});

gpuTest("a long sum is as exact as many short ones", async (engine) => {
  const k = 31_296;
  const random = new RandomValues(3);
  const [a, b] = [random.floats(k), random.floats(k)];
  const exact = a.reduce((sum, value, i) => sum + value * b[i], 0);
  const magnitude = Math.sqrt(a.reduce((sum, value, i) => sum + (value * b[i]) ** 2, 0));
  for (const variant of ["naive", "register4", "register8", "quads8", "tiled"] as const) {
    const [found] = await values(engine, (step) => {
      const c = step.empty([1], "c");
      const left = matrix(engine.constant([k], a, "a"), 1, k);
      recordMatmul(step, left, matrix(engine.constant([k], b, "b"), k, 1), c, { variant });
      return c;
    });
    assert.ok(
      Math.abs(found - exact) < 1e-6 * magnitude,
      `${variant}: off by ${Math.abs(found - exact) / magnitude}`,
    );
  }
});

gpuTest("a product with more tiles than a dimension of the grid has folds it", async (engine) => {
  const m = 600_001;
  assert.equal(chooseMatmul("software", { m, n: 1, k: 1, batches: 1 }, undefined), "naive");
  const found = await values(engine, (step) => {
    const c = step.empty([m, 1], "c");
    const a = engine.constant([m, 1], Float32Array.from({ length: m }, (_, i) => i % 1000), "a");
    recordMatmul(step, matrix(a, m, 1), matrix(engine.constant([1], new Float32Array([2]), "b"), 1, 1), c, {
      variant: "naive",
    });
    return c;
  });
  assert.ok(found.every((value, i) => value === 2 * (i % 1000)));
}, ["software"]);

deviceTest("grids beyond the adapter's, fractional and empty ones are refused by name", async () => {
  const engine = await Engine.open(navigator.gpu, { poison: true });
  const refused = (grid: readonly [number, number, number]) =>
    messageOf(() =>
      engine.record(
        "grid",
        (step) =>
          step.run({ ...rounds, workgroups: () => grid }, { y: step.empty([3], "y") }, { n: 3, turns: 1 }),
      )
    );
  try {
    const most = engine.device.limits.maxComputeWorkgroupsPerDimension;
    assert.match(
      await refused([most + 1, 1, 1]),
      new RegExp(`needs ${most + 1} x 1 x 1 workgroups; .* up to ${most}`),
    );
    for (const count of [1.5, -1, NaN, Infinity]) {
      assert.match(await refused([count, 1, 1]), new RegExp(`needs ${count} x 1 x 1 workgroups`));
    }
    assert.match(await refused([0, 1, 1]), /runs no workgroup and would leave y \[3\] unwritten/);
  } finally {
    engine.dispose();
  }
});

deviceTest("a kernel that does not compile fails its own plan, and nothing after it", async () => {
  const engine = await Engine.open(navigator.gpu, { poison: true });
  const record = (code: string) =>
    values(engine, (step) => {
      const y = step.empty([2], "y");
      step.run({ ...rounds, code }, { y }, { n: 2, turns: 1 });
      return y;
    });
  try {
    const broken = rounds.code.replace("sum * 0.5", "sam * 0.5");
    const twice = rounds.code.replace("@binding(1)", "@binding(0)");
    for (const code of [broken, twice, broken]) {
      assert.match(await messageOf(() => record(code)), /kernel rounds does not compile/);
      assert.deepEqual(await record(rounds.code), [1, 1]);
    }
    engine.device.check();
  } finally {
    engine.dispose();
  }
});

Deno.test("uniforms that a type does not hold are refused with the value", () => {
  const code = `struct Params { n: u32, at: i32, rate: f32 }
@group(0) @binding(0) var<uniform> params: Params;`;
  const layout = kernelLayout("k", code);
  const pack = (given: Record<string, number>) =>
    packUniforms("k", layout, { n: 1, at: -1, rate: 0.5, ...given });
  assert.deepEqual([...new Uint32Array(pack({ n: 2 ** 32 - 1 })).slice(0, 2)], [2 ** 32 - 1, 2 ** 32 - 1]);
  for (const n of [2 ** 32 + 5, 2.75, -1, Infinity]) {
    assert.throws(
      () => pack({ n }),
      new RegExp(`"n" is ${`${n}`.replace("+", "\\+")}; u32 holds whole numbers`),
    );
  }
  assert.throws(() => pack({ at: 2 ** 31 }), /"at" is 2147483648; i32/);
  assert.throws(() => pack({ rate: 1e39 }), /"rate" is 1e\+39; f32/);
  assert.equal(new Float32Array(pack({ rate: Infinity }))[2], Infinity);
});

Deno.test("bindings are read whatever their order and spacing, and not out of comments", () => {
  const layout = kernelLayout(
    "k",
    `
/* @group(0) @binding(7) var<storage, read> gone: array<f32>; /* nested */ */
// @group(0) @binding(8) var<storage, read> gone2: array<f32>;
@binding(1) @group(0) var<storage, read_write> y: array<f32>; /* // */
@group( 0 ) @binding( 0u )
  var< storage, read > x : array<f32>;
struct Params { /* k: u32, */ n: u32 }
@group(0)@binding(2)var<uniform>params:Params;`,
  );
  assert.deepEqual(layout.storage, [
    { binding: 1, name: "y", access: "read_write", element: "f32" },
    { binding: 0, name: "x", access: "read", element: "f32" },
  ]);
  assert.equal(layout.params, 2);
  assert.deepEqual(layout.fields, [{ name: "n", type: "u32" }]);
  assert.throws(
    () => kernelLayout("k", "@group(1) @binding(0) var<storage, read> x: array<f32>;"),
    /"x" .*@group\(0\)/,
  );
});

deviceTest(
  "an index that is no row is refused where the host gives it, and NaN where the device does",
  async () => {
    const engine = await Engine.open(navigator.gpu, { poison: true });
    try {
      const x = engine.constant([3, 2, 2], Float32Array.from({ length: 12 }, (_, i) => i), "x");
      const good = engine.constant([2], new Uint32Array([2, 0]), "good");
      // Rows of any rank, not only of two dimensions.
      assert.deepEqual(await values(engine, (step) => gatherRows(step, { x, index: good })), [
        8,
        9,
        10,
        11,
        0,
        1,
        2,
        3,
      ]);
      const bad = engine.constant([2], new Uint32Array([0, 3]), "bad");
      assert.match(
        await messageOf(() => engine.record("bad", (step) => gatherRows(step, { x, index: bad }))),
        /gatherRows\(\): x \[3, 2, 2\] has 3 rows, but bad \[2\] holds 3 at place 1; expected 0 to 2/,
      );
      const { plan, result } = await engine.record("input", (step) => {
        const index = step.input([2], "index", "u32");
        return { index, y: step.keep(gatherRows(step, { x, index })) };
      });
      assert.throws(
        () => plan.replay(new Map([[result.index, new Uint32Array([4_294_967_295, 0])]]), engine.still),
        /index \[2\] holds 4294967295 at place 0/,
      );
      // What a kernel writes nobody looks through: a wrong row is NaN, not zeros.
      const made: Kernel = {
        ...rounds,
        name: "made",
        code: `@group(0) @binding(0) var<storage, read_write> y: array<u32>;
@compute @workgroup_size(1) fn main() { y[0] = 1u; y[1] = 7u; }`,
        workgroups: () => [1, 1, 1],
        iterations: () => 0,
      };
      const found = await values(engine, (step) => {
        const index = step.empty([2], "made", "u32");
        step.run(made, { y: index });
        return gatherRows(step, { x, index });
      });
      assert.deepEqual(found, [4, 5, 6, 7, NaN, NaN, NaN, NaN]);
    } finally {
      engine.dispose();
    }
  },
);

gpuTest("no rows give gradients of zero, and a sum over nothing is zero", async (engine) => {
  const x = engine.constant([0, 3], new Float32Array(), "x");
  const weight = engine.constant([2, 3], new Float32Array(6).fill(1), "weight", true);
  const bias = engine.constant([2], new Float32Array(2), "bias", true);
  const scale = engine.constant([2], new Float32Array(2).fill(1), "scale", true);
  const shift = engine.constant([2], new Float32Array(2), "shift", true);
  const dy = engine.constant([0, 2], new Float32Array(), "dy");
  const { plan, result } = await engine.record("nothing", (step) => {
    const y = linear(step, { x, weight, bias }, {});
    step.backward(layerNorm(step, { x: y, scale, shift }, { kind: "torch" }), dy);
    const sum = step.empty([1], "sum");
    recordSum(step, "square", x, x, sum);
    return [
      ...[weight, bias, scale, shift].map((tensor) => step.keep(step.gradient(tensor)!)),
      step.keep(sum),
    ];
  });
  plan.replay(new Map(), engine.still);
  for (const tensor of result) {
    const found = [...new Float32Array(await plan.read(tensor))];
    assert.deepEqual(found, found.map(() => 0), `${tensor}`);
  }
  assert.match(
    await messageOf(() => engine.record("mean", (step) => mseLoss(step, { prediction: x, target: x }))),
    /mseLoss\(\): x \[0, 3\] has no elements to average/,
  );
});

releaseEngines();
