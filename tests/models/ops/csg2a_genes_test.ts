/** CSG2A's operations over 10,167 genes, the size of its pretraining set, against float64 (its block: kernels/long_sums_test.ts). */
import { concatColumns } from "../../../engine/ops/concat_columns.ts";
import { batchNorm } from "../../../engine/ops/batch_norm.ts";
import { gatherRows, invertIndex } from "../../../engine/ops/gather_rows.ts";
import { linear } from "../../../engine/ops/linear.ts";
import { mseLoss } from "../../../engine/ops/mse_loss.ts";
import { shiftScale } from "../../../models/ops/shift_scale.ts";
import { linearReference } from "../../../bench/reference/linear.ts";
import { batchNormReference } from "../../../bench/reference/normalisation.ts";
import { checkOperation } from "../../../testing/check_operation.ts";
import { gpuTest, releaseEngines } from "../../support/gpu_test.ts";

const genes = 10_167;
const rows = 3;

gpuTest("linear, batch norm and gather take rows of 10,167 genes", async (engine) => {
  for (const [width, out] of [[genes, 5], [5, genes]]) {
    await checkOperation(engine, {
      name: `linear ${width} to ${out}`,
      inputs: { x: { shape: [rows, width] }, weight: { shape: [out, width] }, bias: { shape: [out] } },
      build: (step, { x, weight, bias }) => linear(step, { x, weight, bias }, {}),
      reference: linearReference({ rows, width, out, bias: true }),
    });
  }
  const state = { shape: [genes], values: new Float32Array(genes).fill(1), gradient: false };
  await checkOperation(engine, {
    name: "batchNorm",
    inputs: {
      x: { shape: [rows, genes] },
      scale: { shape: [genes] },
      shift: { shape: [genes] },
      runningMean: state,
      runningVariance: state,
    },
    build: (step, { x, scale, shift, runningMean, runningVariance }) =>
      batchNorm(step, { x, scale, shift, runningMean, runningVariance }, { train: true }),
    reference: batchNormReference(true, rows, genes),
    tolerance: 2e-5,
    repeatable: false,
  });
  const index = Uint32Array.of(1, 0, 1);
  const { starts, users } = invertIndex(index, 2);
  await checkOperation(engine, {
    name: "gatherRows",
    inputs: {
      x: { shape: [2, genes] },
      index: { shape: [3], values: index, gradient: false },
      starts: { shape: [3], values: starts, gradient: false },
      users: { shape: [3], values: users, gradient: false },
    },
    build: (step, { x, index, starts, users }) => gatherRows(step, { x, index, starts, users }),
    reference: {
      forward: ({ x }) =>
        Float64Array.from(
          { length: 3 * genes },
          (_, i) => x[index[Math.floor(i / genes)] * genes + i % genes],
        ),
      backward({ x }, dy) {
        const dx = new Float64Array(x.length);
        for (let i = 0; i < dy.length; i++) dx[index[Math.floor(i / genes)] * genes + i % genes] += dy[i];
        return { x: dx };
      },
    },
  });
});

gpuTest("scaling, concatenation and the loss take rows of 10,167 genes", async (engine) => {
  await checkOperation(engine, {
    name: "shiftScale",
    inputs: { x: { shape: [rows, genes] }, shift: { shape: [1] }, scale: { shape: [1] } },
    build: (step, { x, shift, scale }) => shiftScale(step, { x, shift, scale }),
    reference: {
      forward: ({ x, shift, scale }) => Float64Array.from(x, (value) => (value + shift[0]) * scale[0]),
      backward({ x, shift, scale }, dy) {
        let [sum, product] = [0, 0];
        for (let i = 0; i < dy.length; i++) {
          [sum, product] = [sum + dy[i], product + dy[i] * (x[i] + shift[0])];
        }
        return {
          x: Float64Array.from(dy, (value) => value * scale[0]),
          shift: Float64Array.of(sum * scale[0]),
          scale: Float64Array.of(product),
        };
      },
    },
    tolerance: 4e-6,
  });
  await checkOperation(engine, {
    name: "concatColumns",
    inputs: { a: { shape: [rows, genes] }, b: { shape: [rows, 2] } },
    build: (step, { a, b }) => concatColumns(step, [a, b]),
    reference: {
      forward: ({ a, b }) =>
        Float64Array.from({ length: rows * (genes + 2) }, (_, i) => {
          const [row, column] = [Math.floor(i / (genes + 2)), i % (genes + 2)];
          return column < genes ? a[row * genes + column] : b[row * 2 + column - genes];
        }),
      backward({ a, b }, dy) {
        const [da, db] = [new Float64Array(a.length), new Float64Array(b.length)];
        for (let i = 0; i < dy.length; i++) {
          const [row, column] = [Math.floor(i / (genes + 2)), i % (genes + 2)];
          if (column < genes) da[row * genes + column] = dy[i];
          else db[row * 2 + column - genes] = dy[i];
        }
        return { a: da, b: db };
      },
    },
  });
  const size = rows * genes;
  await checkOperation(engine, {
    name: "mseLoss",
    inputs: { prediction: { shape: [rows, genes] }, target: { shape: [rows, genes], gradient: false } },
    build: (step, { prediction, target }) => mseLoss(step, { prediction, target }),
    reference: {
      forward: ({ prediction, target }) => {
        let sum = 0;
        for (let i = 0; i < size; i++) sum += (prediction[i] - target[i]) ** 2 / size;
        return Float64Array.of(sum);
      },
      backward: ({ prediction, target }, dy) => ({
        prediction: Float64Array.from(
          { length: size },
          (_, i) => 2 * dy[0] * (prediction[i] - target[i]) / size,
        ),
      }),
    },
  });
});

releaseEngines();
