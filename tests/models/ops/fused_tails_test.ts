import assert from "node:assert/strict";
import { Engine, GpuError, Parameters, ShapeError, type Step, type Tensor } from "../../../engine/mod.ts";
import { add } from "../../../engine/ops/add.ts";
import { batchNorm } from "../../../engine/ops/batch_norm.ts";
import { elementwise } from "../../../engine/ops/elementwise.ts";
import { linear } from "../../../engine/ops/linear.ts";
import { bitLinear, bitLists } from "../../../models/ops/bit_linear.ts";
import { shapedParameter } from "../../../models/ops/join_rows.ts";
import { maskedMean } from "../../../models/ops/masked_mean.ts";
import { maskRows } from "../../../models/ops/mask_rows.ts";
import { splitLinear } from "../../../models/ops/split_linear.ts";
import { assertClose } from "../../../testing/assert_close.ts";
import { RandomValues } from "../../../testing/random_values.ts";
import { deviceTest, gpuTest, releaseEngines } from "../../support/gpu_test.ts";

// What operations do behind their own work in the same dispatch, against the chain of operations that it stands for.

type Tensors = Record<string, Tensor>;
type Build = (step: Step, inputs: Tensors) => Tensor;
type Given = Record<string, { shape: readonly number[]; values?: Float32Array<ArrayBuffer>; data?: boolean }>;

/** Output and gradients of what is built, by name. */
async function passes(engine: Engine, given: Given, build: Build): Promise<Map<string, Float32Array>> {
  const random = new RandomValues(7);
  const inputs = Object.fromEntries(
    Object.entries(given).map(([name, { shape, values, data = false }]) => {
      const size = shape.reduce((product, extent) => product * extent, 1);
      return [name, engine.constant(shape, values ?? random.floats(size), name, !data)];
    }),
  );
  const { plan, result } = await engine.record("passes", (step) => {
    const y = build(step, inputs);
    const dy = new RandomValues(9).floats(y.size);
    step.backward(y, engine.constant(y.shape, dy, "dy"));
    const wanted = Object.entries(inputs).filter(([name]) => !given[name].data);
    return [["y", y], ...wanted.map(([name, x]) => [`d(${name})`, step.gradient(x)!])].map((
      [name, tensor],
    ) => [name as string, step.keep(tensor as Tensor)] as const);
  });
  plan.replay(new Map(), engine.still);
  return new Map(
    await Promise.all(result.map(async ([name, tensor]) => {
      return [name, new Float32Array(await plan.read(tensor))] as const;
    })),
  );
}

/** @throws when two ways give other numbers; some of the output must be zero, and some not. */
async function assertSame(engine: Engine, given: Given, fused: Build, chain: Build): Promise<void> {
  const [found, expected] = [await passes(engine, given, fused), await passes(engine, given, chain)];
  const zeros = found.get("y")!.filter((value) => value === 0).length;
  assert.ok(zeros > 0 && zeros < found.get("y")!.length, `${zeros} zeros`);
  for (const [name, values] of expected) {
    assertClose(found.get(name)!, values, name, { tolerance: 2e-6, absolute: 2e-6 });
  }
}

const tail = (step: Step, x: Tensor, rate: number) =>
  elementwise(step, { x }, { stages: [{ kind: "relu" }, { kind: "dropout", rate }], site: 5 });

gpuTest(
  "ReLU and dropout in BatchNorm are the chain of the three, in one chunk of rows and in several",
  async (engine) => {
    for (const [rows, width] of [[5, 7], [130, 33], [301, 5]]) {
      for (
        const [train, rate, affine] of [[true, 0.3, true], [true, 0, true], [false, 0.3, true], [
          true,
          0.3,
          false,
        ]] as const
      ) {
        const given: Given = {
          x: { shape: [rows, width] },
          ...(affine && { scale: { shape: [width] }, shift: { shape: [width] } }),
          runningMean: { shape: [width], data: true },
          runningVariance: { shape: [width], values: new Float32Array(width).fill(1.5), data: true },
        };
        const inputs = ({ x, scale, shift, runningMean, runningVariance }: Tensors) => ({
          x,
          ...(affine && { scale, shift }),
          runningMean,
          runningVariance,
        });
        await assertSame(
          engine,
          given,
          (step, t) => batchNorm(step, inputs(t), { train, relu: true, dropout: { rate, site: 5 } }),
          (step, t) => tail(step, batchNorm(step, inputs(t), { train }), rate),
        );
      }
    }
  },
  ["software"],
);

gpuTest(
  "ReLU, dropout and mask in a split linear layer are the chain of them; its halves cover the weight's gradient",
  async (engine) => {
    const [samples, items, a, b, out] = [3, 37, 9, 5, 33];
    for (const shared of [false, true]) {
      for (const rate of [0.3, 0]) {
        const given: Given = {
          items: { shape: shared ? [items, a] : [samples, items, a] },
          samples: { shape: [samples, b] },
          weight: { shape: [out, a + b] },
          bias: { shape: [out] },
          mask: {
            shape: [samples, items],
            values: Float32Array.from({ length: samples * items }, (_, k) => k % 5 === 0 ? 0 : 1),
            data: true,
          },
        };
        const layer = { samples, items, first: "items" } as const;
        await assertSame(
          engine,
          given,
          (step, { items, samples, weight, bias, mask }) =>
            splitLinear(step, { items, samples, weight, bias, mask }, {
              ...layer,
              activation: "relu",
              dropout: { rate, site: 5 },
            }),
          (step, { items, samples, weight, bias, mask }) =>
            maskRows(step, {
              x: tail(step, splitLinear(step, { items, samples, weight, bias }, layer), rate),
              mask,
            }),
        );
      }
    }
  },
);

gpuTest("ReLU and dropout in a layer on bits are the chain of the three", async (engine) => {
  const [bits, out] = [33, 35];
  const lists = Array.from(
    { length: 41 },
    (_, r) => [...Array(bits).keys()].filter((bit) => (bit + r) % 7 === 0),
  );
  const packed = Object.entries(bitLists(lists, bits, 300)).map(([name, values]) =>
    [name, { shape: [values.length], values }] as const
  );
  const given: Given = { weight: { shape: [out, bits] }, bias: { shape: [out] } };
  const build = (fused: boolean): Build => (step, { weight, bias }) => {
    const index = Object.fromEntries(
      packed.map(([name, { shape, values }]) => [name, engine.constant(shape, values, name)]),
    );
    const inputs = { ...index, weight, bias } as unknown as Parameters_<typeof bitLinear>;
    if (fused) return bitLinear(step, inputs, { relu: true, dropout: { rate: 0.3, site: 5 } });
    return tail(step, bitLinear(step, inputs, {}), 0.3);
  };
  await assertSame(engine, given, build(true), build(false));
}, ["software"]);

type Parameters_<F extends (step: Step, inputs: never, attributes: never) => Tensor> = globalThis.Parameters<
  F
>[1];

gpuTest(
  "three terms are added as two and then one; a masked mean adds to a gradient that is there",
  async (engine) => {
    const [samples, items, width] = [3, 13, 7];
    const relu = (step: Step, x: Tensor) => elementwise(step, { x }, { stages: [{ kind: "relu" }] });
    const shape = [samples, items, width];
    await assertSame(
      engine,
      { a: { shape }, b: { shape }, c: { shape } },
      (step, { a, b, c }) => relu(step, add(step, { a, b, c })),
      (step, { a, b, c }) => relu(step, add(step, { a: add(step, { a, b }), b: c })),
    );
    const given: Given = {
      x: { shape },
      weight: { shape: [width, width] },
      mask: { shape: [samples, items], values: new Float32Array(samples * items).fill(1), data: true },
    };
    // In this order the mean's gradient comes last, in the other first.
    const both = (meanFirst: boolean): Build => (step, { x, weight, mask }) => {
      const mean = () => relu(step, maskedMean(step, { x, mask }));
      const other = () => maskedMean(step, { x: linear(step, { x, weight }, {}), mask });
      const [first, second] = meanFirst ? [mean(), other()] : [other(), mean()];
      return relu(step, add(step, { a: first, b: second }));
    };
    await assertSame(engine, given, both(true), both(false));
  },
  ["software"],
);

deviceTest(
  "a parameter under another shape has its gradient written in place, and is refused where it is used again",
  async () => {
    const engine = await Engine.open(navigator.gpu, { poison: true });
    try {
      const [rows, out, width] = [5, 7, 33];
      const parameters = new Parameters(engine.device, [
        { key: "p", shape: [1, out, width], kind: "parameter", trainable: true },
      ]);
      const random = new RandomValues(3);
      const given = { x: random.floats(rows * width), dy: random.floats(rows * out) };
      parameters.write("p", random.floats(out * width));
      const p = parameters.get("p");
      const x = engine.constant([rows, width], given.x, "x");
      const dense = (step: Step) => linear(step, { x, weight: shapedParameter(step, p, [out, width]) }, {});
      const dy = engine.constant([rows, out], given.dy, "dy");
      const { plan } = await engine.record("once", (step) => step.backward(dense(step), dy));
      plan.replay(new Map(), engine.still);
      const wanted = Float64Array.from({ length: out * width }, (_, at) => {
        let sum = 0;
        for (let row = 0; row < rows; row++) {
          sum += given.dy[row * out + Math.floor(at / width)] * given.x[row * width + at % width];
        }
        return sum;
      });
      assertClose((await parameters.gradients(plan)).get("p")!, wanted, "gradient", { tolerance: 2e-6 });
      assert.ok(plan.dispatches.every(({ kernel }) => kernel.name !== "copy"));
      await assert.rejects(
        () =>
          engine.record("twice", (step) => step.backward(add(step, { a: dense(step), b: dense(step) }), dy)),
        (error) => error instanceof GpuError && /p \[1, 7, 33\] is used after/.test(error.message),
      );
    } finally {
      engine.dispose();
    }
  },
);

deviceTest("tails that would go wrong are refused by name", async () => {
  const engine = await Engine.open(navigator.gpu);
  try {
    const tensor = (shape: readonly number[]) =>
      engine.constant(shape, new Float32Array(shape.reduce((a, b) => a * b, 1)), "t");
    const [x, weight, mask] = [tensor([2, 3, 4]), tensor([5, 6]), tensor([2, 3])];
    const width = tensor([4]);
    const layer = { samples: 2, items: 3, first: "items" } as const;
    const parts = { items: x, samples: tensor([2, 2]), weight };
    await engine.record("refused", (step) => {
      const refuse = (run: () => unknown, words: RegExp) => assert.throws(run, words);
      refuse(
        () => splitLinear(step, { ...parts, mask }, layer),
        /mask t .* needs a value each of 6 rows, and a ReLU/,
      );
      refuse(() => splitLinear(step, { ...parts, mask: width }, { ...layer, activation: "relu" }), /mask t/);
      refuse(
        () => splitLinear(step, parts, { ...layer, dropout: { rate: 0.1, site: 1 } }),
        /needs an activation/,
      );
      refuse(
        () => splitLinear(step, parts, { ...layer, activation: "relu", dropout: { rate: 1.1, site: 1 } }),
        /rate is 1\.1/,
      );
      refuse(
        () => splitLinear(step, { ...parts, weight: tensor([5, 7]) }, layer),
        ShapeError as unknown as RegExp,
      );
      const rows = tensor([3, 4]);
      const norm = { x: rows, runningMean: width, runningVariance: width };
      refuse(() => batchNorm(step, norm, { train: true, dropout: { rate: 0.1, site: 1 } }), /needs a ReLU/);
      refuse(
        () => batchNorm(step, norm, { train: true, relu: true, dropout: { rate: -1, site: 1 } }),
        /rate is -1/,
      );
    });
  } finally {
    engine.dispose();
  }
});

releaseEngines();
