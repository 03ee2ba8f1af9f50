import assert from "node:assert/strict";
import { RandomValues } from "../../testing/random_values.ts";
import { ShapeError, type Step, type Tensor } from "../../engine/mod.ts";
import { add } from "../../engine/ops/add.ts";
import { batchedMatmul } from "../../engine/ops/batched_matmul.ts";
import { concatColumns } from "../../engine/ops/concat_columns.ts";
import { elementwise, type Stage } from "../../engine/ops/elementwise.ts";
import { gatherRows, invertIndex } from "../../engine/ops/gather_rows.ts";
import { linear } from "../../engine/ops/linear.ts";
import { mseLoss } from "../../engine/ops/mse_loss.ts";
import { segmentMean } from "../../models/ops/segment_mean.ts";
import { shiftScale } from "../../models/ops/shift_scale.ts";
import { softmax } from "../../engine/ops/softmax.ts";
import { splitColumns } from "../../engine/ops/split_columns.ts";
import type { Reference } from "../../testing/reference.ts";
import { checkOperation } from "../../testing/check_operation.ts";
import { gpuTest, releaseEngines } from "../support/gpu_test.ts";
import { elementwiseReference } from "../../bench/reference/elementwise.ts";
import { gatherReference, segmentMeanReference } from "../../bench/reference/indexing.ts";
import { batchedMatmulReference, linearReference } from "../../bench/reference/linear.ts";
import { softmaxReference } from "../../bench/reference/normalisation.ts";

gpuTest("linear() and its gradients match float64 at ugly sizes, with every epilogue", async (engine) => {
  const shapes = [[1, 1, 1], [1, 7, 33], [3, 5, 4], [33, 7, 97], [7, 978, 1], [16, 33, 979], [5, 977, 33]];
  const epilogues = [
    {},
    { bias: true },
    { bias: true, activation: "relu" },
    { bias: true, activation: "leakyRelu", slope: 0.1 },
    { residual: true },
    { bias: true, residual: true },
  ] as const;
  for (const [k, [rows, width, out]] of shapes.entries()) {
    // All epilogues at two sizes, one each at the others.
    for (const epilogue of k === 1 || k === 3 ? epilogues : [epilogues[k % epilogues.length]]) {
      const { bias, residual, activation, slope }: Parameters<typeof linearReference>[0] = {
        rows,
        width,
        out,
        ...epilogue,
      };
      await checkOperation(engine, {
        name: `linear ${rows} x ${width} -> ${out} ${JSON.stringify(epilogue)}`,
        inputs: {
          x: { shape: [rows, width] },
          weight: { shape: [out, width] },
          ...(bias && { bias: { shape: [out] } }),
          ...(residual && { residual: { shape: [rows, out] } }),
        },
        build: (step, { x, weight, bias, residual }) =>
          linear(step, { x, weight, bias, residual }, { activation, slope }),
        reference: linearReference({ rows, width, out, ...epilogue }),
        tolerance: 4e-6,
      });
    }
  }
});

gpuTest(
  "batchedMatmul() multiplies every combination of transposes, forward and backward",
  async (engine) => {
    for (const transposeA of [false, true]) {
      for (const transposeB of [false, true]) {
        for (const [batches, m, n, k] of [[1, 1, 1, 1], [3, 7, 5, 33], [2, 33, 65, 12], [4, 8, 8, 97]]) {
          await checkOperation(engine, {
            name: `batchedMatmul ${batches} x ${m} x ${n} x ${k}, ${transposeA}, ${transposeB}`,
            inputs: {
              a: { shape: transposeA ? [batches, k, m] : [batches, m, k] },
              b: { shape: transposeB ? [batches, n, k] : [batches, k, n] },
            },
            build: (step, { a, b }) => batchedMatmul(step, { a, b }, { transposeA, transposeB, scale: 0.3 }),
            reference: batchedMatmulReference({ batches, m, n, k, transposeA, transposeB, scale: 0.3 }),
          });
        }
      }
    }
  },
);

gpuTest("elementwise() matches float64 for every stage and for chains of up to four", async (engine) => {
  const affine: Stage = { kind: "affine", scale: -1.7, shift: 0.3 };
  const leaky: Stage = { kind: "leakyRelu", slope: 0.1 };
  const single: Stage[] = [
    affine,
    leaky,
    ...(["relu", "elu", "tanh", "sigmoid", "exp", "square"] as const).map((kind): Stage => ({ kind })),
  ];
  const chains: Stage[][] = [
    ...single.map((stage) => [stage]),
    [affine, leaky],
    [{ kind: "tanh" }, { kind: "square" }, affine],
    [affine, { kind: "sigmoid" }, { kind: "exp" }, leaky],
    [{ kind: "relu" }, affine, { kind: "tanh" }, { kind: "square" }],
  ];
  for (const [k, stages] of chains.entries()) {
    for (const size of [1, 7, [33, 65, 977, 978, 979][k % 5]]) {
      await checkOperation(engine, {
        name: `elementwise ${stages.map(({ kind }) => kind).join(", ")} of ${size}`,
        inputs: { x: { shape: [size], amplitude: 2 } },
        build: (step, { x }) => elementwise(step, { x }, { stages }),
        reference: elementwiseReference(stages),
        tolerance: 1e-5,
        seed: k + 1,
      });
    }
  }
}, ["software"]);

gpuTest("more elements than one row of workgroups holds are all computed", async (engine) => {
  const size = 65_535 * 64 + 977;
  const { plan, result } = await engine.record("large", (step) => {
    const x = step.input([size], "x");
    const y = elementwise(step, { x }, { stages: [{ kind: "affine", scale: 2, shift: 1 }] });
    return { x, y: step.keep(y) };
  });
  const [, rows] = plan.dispatches[0].kernel.workgroups(plan.dispatches[0].uniforms);
  assert.equal(rows, 2, "a second row of workgroups");
  const values = new Float32Array(size).map((_, i) => i % 1024);
  plan.replay(new Map([[result.x, values]]), engine.still);
  const y = new Float32Array(await plan.read(result.y));
  assert.equal(y.findIndex((value, i) => value !== 2 * (i % 1024) + 1), -1);
}, ["software"]);

gpuTest("tanh and sigmoid stay finite far out", async (engine) => {
  const values = new Float32Array([-1e30, -200, -90, -15, 0.3, 15, 90, 200, 1e30]);
  for (const kind of ["tanh", "sigmoid"] as const) {
    await checkOperation(engine, {
      name: kind,
      inputs: { x: { shape: [9], values } },
      build: (step, { x }) => elementwise(step, { x }, { stages: [{ kind }] }),
      reference: elementwiseReference([{ kind }]),
      tolerance: 1e-5,
    });
  }
}, ["software"]);

gpuTest("softmax() matches float64, also where e to the power of a value overflows", async (engine) => {
  // Between -200 and 200, in steps whose differences are exact: single precision raises e to 88.7 at most.
  const large = new RandomValues(6).floats(5 * 33, 200).map((value) => Math.round(32 * value) / 32);
  for (const [rows, width] of [[1, 1], [3, 7], [5, 33], [2, 64], [1, 65], [4, 977], [3, 978], [2, 979]]) {
    await checkOperation(engine, {
      name: `softmax ${rows} x ${width}`,
      inputs: {
        x: width === 33 ? { shape: [rows, width], values: large } : { shape: [rows, width], amplitude: 3 },
      },
      build: (step, { x }) => softmax(step, { x }, undefined),
      reference: softmaxReference(rows, width),
      tolerance: 1e-5,
    });
  }
});

gpuTest("gatherRows() gathers, and sums over the users of a row in its adjoint", async (engine) => {
  for (const [sources, rows, width] of [[1, 1, 1], [7, 33, 5], [33, 7, 65], [5, 979, 3]]) {
    const random = new RandomValues(sources);
    // The last source has no user.
    const index = Uint32Array.from({ length: rows }, () => random.below(Math.max(1, sources - 1)));
    const { starts, users } = invertIndex(index, sources);
    await checkOperation(engine, {
      name: `gatherRows ${rows} of ${sources} x ${width}`,
      inputs: {
        x: { shape: [sources, width] },
        index: { shape: [rows], values: index, gradient: false },
        starts: { shape: [sources + 1], values: starts, gradient: false },
        users: { shape: [rows], values: users, gradient: false },
      },
      build: (step, { x, index, starts, users }) => gatherRows(step, { x, index, starts, users }, undefined),
      reference: gatherReference(index, sources, width),
    });
  }
}, ["software"]);

gpuTest(
  "segmentMean() averages ragged segments; surplus rows and empty segments give zeros",
  async (engine) => {
    for (
      const [lengths, surplus, width] of [[[1], 0, 1], [[3, 0, 7, 1], 5, 33], [[33, 1, 64], 1, 7]] as const
    ) {
      const starts = new Uint32Array(lengths.length + 1);
      lengths.forEach((length, s) => starts[s + 1] = starts[s] + length);
      const rows = starts[lengths.length] + surplus;
      const segmentOf = new Uint32Array(rows).fill(0xffffffff);
      lengths.forEach((_, s) => segmentOf.fill(s, starts[s], starts[s + 1]));
      await checkOperation(engine, {
        name: `segmentMean ${lengths} + ${surplus}`,
        inputs: {
          x: { shape: [rows, width] },
          starts: { shape: [starts.length], values: starts, gradient: false },
          segmentOf: { shape: [rows], values: segmentOf, gradient: false },
        },
        build: (step, { x, starts, segmentOf }) => segmentMean(step, { x, starts, segmentOf }, undefined),
        reference: segmentMeanReference(starts, rows, width),
      });
    }
  },
  ["software"],
);

gpuTest("concatColumns() and splitColumns() undo each other, values and gradients", async (engine) => {
  for (const [rows, widths] of [[1, [1]], [7, [1, 33, 2]], [3, [978, 1, 64, 5]]] as const) {
    const inputs = Object.fromEntries(widths.map((width, k) => [`part${k}`, { shape: [rows, width] }]));
    const total = widths.reduce<number>((sum, width) => sum + width, 0);
    const offsets = widths.map((_, k) => widths.slice(0, k).reduce<number>((sum, width) => sum + width, 0));
    const joined: Reference = {
      forward: (parts) => {
        const y = new Float64Array(rows * total);
        widths.forEach((width, k) => {
          for (let i = 0; i < rows * width; i++) {
            y[Math.floor(i / width) * total + offsets[k] + i % width] = parts[`part${k}`][i];
          }
        });
        return y;
      },
      backward: (_, dy) =>
        Object.fromEntries(widths.map((width, k) => [
          `part${k}`,
          Float64Array.from(
            { length: rows * width },
            (_, i) => dy[Math.floor(i / width) * total + offsets[k] + i % width],
          ),
        ])),
    };
    await checkOperation(engine, {
      name: `concatColumns ${rows} x ${widths}`,
      inputs,
      build: (step, parts) => concatColumns(step, Object.values(parts)),
      reference: joined,
    });
    await checkOperation(engine, {
      name: `concatColumns(splitColumns()) ${rows} x ${widths}`,
      inputs: { x: { shape: [rows, total] } },
      build: (step, { x }) => concatColumns(step, splitColumns(step, x, widths)),
      reference: { forward: ({ x }) => Float64Array.from(x), backward: (_, dy) => ({ x: dy }) },
    });
  }
}, ["software"]);

gpuTest("add() adds, and a tensor used twice gets both gradients", async (engine) => {
  await checkOperation(engine, {
    name: "add",
    inputs: { a: { shape: [7, 33] }, b: { shape: [7, 33] } },
    build: (step, { a, b }) => add(step, { a, b }, undefined),
    reference: {
      forward: ({ a, b }) => Float64Array.from(a, (value, i) => value + b[i]),
      backward: (_, dy) => ({ a: dy, b: dy }),
    },
  });
  await checkOperation(engine, {
    name: "x + x",
    inputs: { x: { shape: [33] } },
    build: (step, { x }) => add(step, { a: x, b: x }, undefined),
    reference: {
      forward: ({ x }) => Float64Array.from(x, (value) => 2 * value),
      backward: (_, dy) => ({ x: Array.from(dy, (value) => 2 * value) }),
    },
  });
  await checkOperation(engine, {
    name: "x x + x",
    inputs: { x: { shape: [33] } },
    build: (step, { x }) =>
      add(step, { a: elementwise(step, { x }, { stages: [{ kind: "square" }] }), b: x }, undefined),
    reference: {
      forward: ({ x }) => Float64Array.from(x, (value) => value * value + value),
      backward: ({ x }, dy) => ({ x: Array.from(dy, (value, i) => value * (2 * x[i] + 1)) }),
    },
  });
}, ["software"]);

gpuTest("a residual's gradient reaches both branches", async (engine) => {
  const width = 7;
  const plain = linearReference({ rows: 5, width, out: width });
  await checkOperation(engine, {
    name: "x W' + x",
    inputs: { x: { shape: [5, width] }, weight: { shape: [width, width] } },
    build: (step, { x, weight }) => linear(step, { x, weight, residual: x }, {}),
    reference: {
      forward: (inputs) => plain.forward(inputs).map((value, i) => value + inputs.x[i]),
      backward: (inputs, dy) => {
        const { x, weight } = plain.backward(inputs, dy);
        return { x: Array.from(x, (value, i) => value + dy[i]), weight };
      },
    },
  });
}, ["software"]);

gpuTest("mseLoss() is the mean over all elements at any size", async (engine) => {
  for (const size of [1, 7, 33, 977, 978, 979, 70_001]) {
    await checkOperation(engine, {
      name: `mseLoss ${size}`,
      inputs: { prediction: { shape: [size] }, target: { shape: [size], gradient: false } },
      build: (step, { prediction, target }) => mseLoss(step, { prediction, target }, undefined),
      reference: {
        forward: ({ prediction, target }) =>
          Float64Array.of(
            Array.from(prediction, (value, i) => (value - target[i]) ** 2).reduce((a, b) => a + b) / size,
          ),
        backward: ({ prediction, target }, dy) => ({
          prediction: Array.from(prediction, (value, i) => dy[0] * 2 * (value - target[i]) / size),
        }),
      },
    });
  }
});

gpuTest("shiftScale() and the gradients of its two scalars match float64", async (engine) => {
  for (const [rows, width] of [[1, 1], [3, 33], [4, 978]]) {
    await checkOperation(engine, {
      name: `shiftScale ${rows} x ${width}`,
      inputs: { x: { shape: [rows, width] }, shift: { shape: [1] }, scale: { shape: [1] } },
      build: (step, { x, shift, scale }) => shiftScale(step, { x, shift, scale }, undefined),
      reference: {
        forward: ({ x, shift, scale }) => Float64Array.from(x, (value) => (value + shift[0]) * scale[0]),
        backward: ({ x, shift, scale }, dy) => ({
          x: Array.from(dy, (value) => value * scale[0]),
          shift: [scale[0] * Array.from(dy).reduce((a, b) => a + b)],
          scale: [Array.from(x, (value, i) => (value + shift[0]) * dy[i]).reduce((a, b) => a + b)],
        }),
      },
      tolerance: 1e-5,
    });
  }
});

gpuTest("frozen inputs record no backward and keep nothing", async (engine) => {
  const count = async (trainable: boolean) => {
    const x = engine.constant([4, 7], new RandomValues(1).floats(28), "x");
    const frozen = engine.constant([5, 7], new RandomValues(2).floats(35), "frozen", trainable);
    const head = engine.constant([3, 5], new RandomValues(3).floats(15), "head", true);
    const dy = engine.constant([4, 3], new RandomValues(4).floats(12), "dy");
    const { plan } = await engine.record("frozen", (step: Step) => {
      const hidden = linear(step, { x, weight: frozen }, { activation: "relu" });
      const y = linear(step, { x: hidden, weight: head }, {});
      assert.throws(
        () => step.gradient(head),
        /head \[3, 5\] has no gradient yet; call step.backward\(\) first/,
      );
      step.backward(y, dy);
      for (const [tensor, wanted] of [[frozen, trainable], [hidden, trainable], [x, false]] as const) {
        if (wanted) assert.ok(step.gradient(tensor));
        else {assert.throws(() =>
            step.gradient(tensor), /has no gradient: it was made without requiresGradient/);}
      }
    });
    return plan.dispatches.filter(({ phase }) => phase === "backward").length;
  };
  assert.equal(await count(false), 1, "only the head's weight gradient");
  assert.equal(await count(true), 4, "two weight gradients, one data gradient, one activation");
}, ["software"]);

gpuTest("operations refuse shapes that disagree, naming the tensors", async (engine) => {
  const tensor = (shape: number[], label: string): Tensor =>
    engine.constant(shape, new Float32Array(shape.reduce((a, b) => a * b, 1)), label);
  const x = tensor([4, 7], "x");
  const refusals: [RegExp, (step: Step) => unknown][] = [
    [
      /linear\(\): weight weight \[3, 6\] needs rows of 6/,
      (step) => linear(step, { x, weight: tensor([3, 6], "weight") }, {}),
    ],
    [
      /bias bias \[2\] does not fit/,
      (step) => linear(step, { x, weight: tensor([3, 7], "weight"), bias: tensor([2], "bias") }, {}),
    ],
    [
      /residual/,
      (step) =>
        linear(step, { x, weight: tensor([3, 7], "weight"), residual: tensor([4, 2], "residual") }, {}),
    ],
    [
      /add\(\): x \[4, 7\] and other \[4, 6\] differ/,
      (step) => add(step, { a: x, b: tensor([4, 6], "other") }, undefined),
    ],
    [/mseLoss\(\)/, (step) => mseLoss(step, { prediction: x, target: tensor([4], "target") }, undefined)],
    [/splitColumns\(\): widths add up to 6/, (step) => splitColumns(step, x, [2, 4])],
    [/batches/, (step) => batchedMatmul(step, { a: tensor([2, 4, 7], "a"), b: tensor([3, 7, 4], "b") }, {})],
    [
      /elementwise\(\): 5 stages/,
      (step) => elementwise(step, { x }, { stages: Array(5).fill({ kind: "relu" }) }),
    ],
    [
      /one dropout/,
      (step) =>
        elementwise(step, { x }, {
          stages: [{ kind: "dropout", rate: 0.1 }, { kind: "dropout", rate: 0.2 }],
        }),
    ],
    [
      /shiftScale\(\)/,
      (step) => shiftScale(step, { x, shift: tensor([2], "shift"), scale: tensor([1], "scale") }, undefined),
    ],
  ];
  for (const [message, build] of refusals) {
    await assert.rejects(
      async () => await engine.record("refused", build),
      (error) => error instanceof ShapeError && message.test(error.message),
      `${message}`,
    );
  }
}, ["software"]);

releaseEngines();
