import assert from "node:assert/strict";
import { defineOperation, type Engine, type Tensor } from "../../engine/mod.ts";
import { linear } from "../../engine/ops/linear.ts";
import { copy } from "../../kernels/add/add.ts";
import { checkOperation, type OperationCheck } from "../../testing/mod.ts";
import { gpuTest, releaseEngines } from "../support/gpu_test.ts";

type Pair = { a: Tensor; b: Tensor };

/** Hands a on; its gradient is `dy`, or whatever `backward` records instead. */
function first(backward: Parameters<typeof defineOperation<Pair, void, void>>[0]["backward"]) {
  return defineOperation<Pair, void, void>({
    name: "first",
    forward(step, { a }) {
      const y = step.empty(a.shape, "first");
      step.run(copy, { into: y, source: a }, { n: a.size });
      return { output: y, saved: undefined };
    },
    backward,
  });
}

const inputs = { a: { shape: [3, 7] }, b: { shape: [3, 7], gradient: false } };
const reference = { forward: ({ a }: Readonly<Record<string, ArrayLike<number>>>) => Float64Array.from(a) };
const passes = first((_step, { passThrough }) => passThrough("a"));

function check(engine: Engine, changes: Partial<OperationCheck>): Promise<void> {
  const build: OperationCheck["build"] = (step, { a, b }) => passes(step, { a, b });
  return checkOperation(engine, { name: "first of two", inputs, build, reference, ...changes });
}

gpuTest("checkOperation() takes a float64 forward pass alone and differentiates it", async (engine) => {
  await check(engine, {});
  const [rows, inner, columns] = [3, 5, 2];
  await checkOperation(engine, {
    name: "linear",
    inputs: { x: { shape: [rows, inner] }, weight: { shape: [columns, inner] } },
    build: (step, { x, weight }) => linear(step, { x, weight }, {}),
    reference: {
      forward: ({ x, weight }) =>
        Float64Array.from({ length: rows * columns }, (_, at) => {
          const [row, column] = [Math.floor(at / columns), at % columns];
          let sum = 0;
          for (let k = 0; k < inner; k++) sum += x[row * inner + k] * weight[column * inner + k];
          return sum;
        }),
    },
  });
}, ["software"]);

gpuTest("checkOperation() refuses a wrong output, a wrong gradient and an unwritten one", async (engine) => {
  const doubled = {
    forward: ({ a }: Readonly<Record<string, ArrayLike<number>>>) => Float64Array.from(a, (x) => 2 * x),
  };
  await assert.rejects(check(engine, { reference: doubled }), /first of two: output: element \d+ of 21/);

  const input = first((step, { inputs: { a }, gradient }) => {
    const da = gradient("a");
    if (da) step.run(copy, { into: da, source: a }, { n: a.size });
  });
  await assert.rejects(
    check(engine, { build: (step, { a, b }) => input(step, { a, b }) }),
    /first of two: gradient of a: element/,
  );

  const half = first((step, { dy, gradient }) => {
    const da = gradient("a");
    if (da) step.run(copy, { into: da, source: dy }, { n: 11 });
  });
  await assert.rejects(
    check(engine, { build: (step, { a, b }) => half(step, { a, b }) }),
    /first of two: gradient of a: element \d+ of 21 is NaN/,
  );
}, ["software"]);

gpuTest("checkOperation() looks at places all over a gradient when it looks at some", async (engine) => {
  const end = first((step, { inputs: { a }, dy, gradient }) => {
    const da = gradient("a");
    if (!da) return;
    step.run(copy, { into: da, source: a }, { n: da.size });
    step.run(copy, { into: da, source: dy }, { n: 11 });
  });
  const build: OperationCheck["build"] = (step, { a, b }) => end(step, { a, b });
  await assert.rejects(
    check(engine, { build, entries: 4 }),
    /first of two: gradient of a, every 5 values: element 3 of 5/,
  );
}, ["software"]);

gpuTest("checkOperation() refuses a reference whose own derivative is wrong", async (engine) => {
  const wrong = {
    ...reference,
    backward: (_: unknown, dy: ArrayLike<number>) => ({ a: Float64Array.from(dy, (d) => -d) }),
  };
  const negated = first((step, { dy, gradient }) => {
    const da = gradient("a");
    if (da) step.run(copy, { into: da, source: dy }, { n: da.size });
  });
  await assert.rejects(
    check(engine, { reference: wrong, tolerance: 3, build: (step, { a, b }) => negated(step, { a, b }) }),
    /float64 gradient of a against differences/,
  );
}, ["software"]);

gpuTest(
  "a gradient that is wanted and that an operation never asks for is refused by name",
  async (engine) => {
    const wanted = { ...inputs, b: { shape: [3, 7] } };
    await assert.rejects(
      check(engine, { inputs: wanted }),
      /operation first: its backward pass never asked for the gradient of b \(b \[3, 7\]\).*gradient\("b"\)/,
    );
    // One tensor in two roles is asked for once.
    await check(engine, { build: (step, { a }) => passes(step, { a, b: a }) });
  },
  ["software"],
);

releaseEngines();
