import assert from "node:assert/strict";
import { Engine, GpuError, Parameters, ShapeError } from "../../../engine/mod.ts";
import { concatColumns } from "../../../engine/ops/concat_columns.ts";
import { linear } from "../../../engine/ops/linear.ts";
import { bucketsOf } from "../../../models/distributed/buckets.ts";
import { joinRows } from "../../../models/ops/join_rows.ts";
import { assertClose } from "../../../testing/assert_close.ts";
import { RandomValues } from "../../../testing/random_values.ts";
import { deviceTest } from "../../support/gpu_test.ts";

const rows = 5;

/** Three layers of one input as one product against float64; whether the joined tables were copied. */
async function copies(engine: Engine, out: number, width: number, trainable: boolean): Promise<boolean> {
  const parameters = new Parameters(
    engine.device,
    [0, 1, 2].flatMap((i) => [
      { key: `${i}.weight`, shape: [out, width], kind: "parameter" as const, trainable },
      { key: `${i}.bias`, shape: [out], kind: "parameter" as const, trainable },
    ]),
  );
  const random = new RandomValues(out);
  const host = new Map(parameters.specs.map(({ key, shape }) => {
    const values = random.floats(shape.reduce((product, extent) => product * extent, 1));
    parameters.write(key, values);
    return [key, values];
  }));
  const given = { x: random.floats(rows * width), dy: random.floats(rows * 3 * out) };
  const x = engine.constant([rows, width], given.x, "x", true);
  const dy = engine.constant([rows, 3 * out], given.dy, "dy");
  const { plan, result } = await engine.record("three layers", (step) => {
    const all = (kind: string) => joinRows(step, [0, 1, 2].map((i) => parameters.get(`${i}.${kind}`)));
    const y = linear(step, { x, weight: all("weight"), bias: all("bias") }, {});
    step.backward(y, dy);
    return [y, step.gradient(x)!].map((tensor) => step.keep(tensor));
  });
  plan.replay(new Map(), engine.still);
  const [y, dx] = await Promise.all(result.map(async (tensor) => new Float32Array(await plan.read(tensor))));
  const weight = (i: number, o: number, c: number) => host.get(`${i}.weight`)![o * width + c];
  const expected = { y: new Float64Array(y.length), dx: new Float64Array(dx.length) };
  for (let at = 0; at < y.length; at++) {
    const [row, i, o] = [Math.floor(at / (3 * out)), Math.floor(at / out) % 3, at % out];
    expected.y[at] = host.get(`${i}.bias`)![o];
    for (let c = 0; c < width; c++) {
      expected.y[at] += given.x[row * width + c] * weight(i, o, c);
      expected.dx[row * width + c] += given.dy[at] * weight(i, o, c);
    }
  }
  const name = `${out} x ${width}`;
  assertClose(y, expected.y, `${name}: output`, { tolerance: 2e-6 });
  assertClose(dx, expected.dx, `${name}: gradient of x`, { tolerance: 2e-6 });
  const gradients = trainable ? await parameters.gradients(plan) : new Map<string, Float32Array>();
  assert.equal(gradients.size, trainable ? 6 : 0);
  for (const [key, values] of gradients) {
    const [i, kind] = key.split(".");
    const wanted = Float64Array.from(values, (_, k) => {
      const o = kind === "bias" ? k : Math.floor(k / width);
      let sum = 0;
      for (let row = 0; row < rows; row++) {
        sum += given.dy[row * 3 * out + Number(i) * out + o] *
          (kind === "bias" ? 1 : given.x[row * width + k % width]);
      }
      return sum;
    });
    assertClose(values, wanted, `${name}: gradient of ${key}`, { tolerance: 2e-6 });
  }
  if (trainable) {
    // Processes that share a step send what a product of joined parameters wrote.
    const sent = bucketsOf(plan.step, parameters, 1).flatMap(({ ranges }) => ranges);
    assert.equal(sent.reduce((sum, { length }) => sum + length, 0), 3 * out * (width + 1));
  }
  parameters.dispose();
  return plan.dispatches.some(({ kernel }) => /columns/.test(kernel.name));
}

deviceTest(
  "layers with one input are one product, without a copy where their parameters lie end to end",
  async () => {
    const engine = await Engine.open(navigator.gpu, { poison: true });
    try {
      assert.equal(await copies(engine, 64, 33, true), false);
      assert.equal(await copies(engine, 64, 33, false), false);
      assert.equal(await copies(engine, 7, 33, true), true);
      assert.equal(await copies(engine, 7, 5, false), true);
    } finally {
      engine.dispose();
    }
  },
);

deviceTest(
  "a parameter used alone before it is joined has both gradients; one used alone afterwards is refused",
  async () => {
    const engine = await Engine.open(navigator.gpu, { poison: true });
    try {
      const out = 4, width = 64, random = new RandomValues(3);
      const parameters = new Parameters(
        engine.device,
        ["a", "b"].map((key) => ({ key, shape: [out, width], kind: "parameter", trainable: true })),
      );
      for (const key of ["a", "b"]) parameters.write(key, random.floats(out * width));
      const [a, b] = ["a", "b"].map((key) => parameters.get(key));
      const given = { x: random.floats(rows * width), dy: random.floats(rows * 3 * out) };
      const x = engine.constant([rows, width], given.x, "x");
      const losses = (alone: "before" | "after") =>
        engine.record(alone, (step) => {
          const dense = (weight: typeof a) => linear(step, { x, weight }, {});
          const first = alone === "before" ? dense(a) : undefined;
          const both = dense(joinRows(step, [a, b]));
          const y = concatColumns(step, [both, first ?? dense(a)]);
          step.backward(y, engine.constant([rows, 3 * out], given.dy, "dy"));
        });
      const { plan } = await losses("before");
      plan.replay(new Map(), engine.still);
      const gradients = await parameters.gradients(plan);
      // Columns of dy: those of a and b together, then those of a alone.
      for (const [key, parts] of [["a", [0, 2]], ["b", [1]]] as const) {
        const wanted = Float64Array.from({ length: out * width }, (_, at) => {
          let sum = 0;
          for (let row = 0; row < rows; row++) {
            for (const part of parts) {
              sum += given.dy[(row * 3 + part) * out + Math.floor(at / width)] *
                given.x[row * width + at % width];
            }
          }
          return sum;
        });
        assertClose(gradients.get(key)!, wanted, `gradient of ${key}`, { tolerance: 2e-6 });
      }
      await assert.rejects(
        () => losses("after"),
        (error) => error instanceof GpuError && /a \[4, 64\] is used after/.test(error.message),
      );
      const narrow = engine.constant([4, 63], new Float32Array(4 * 63), "narrow");
      await assert.rejects(
        () => engine.record("odd", (step) => joinRows(step, [a, narrow])),
        (error) => error instanceof ShapeError && /narrow \[4, 63\] is not as wide as a/.test(error.message),
      );
    } finally {
      engine.dispose();
    }
  },
);
