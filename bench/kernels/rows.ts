import { batchNorm } from "../../engine/ops/batch_norm.ts";
import { layerNorm } from "../../engine/ops/layer_norm.ts";
import { setNorm } from "../../models/ops/set_norm.ts";
import { softmax } from "../../engine/ops/softmax.ts";
import type { KernelCase } from "../kernel_case.ts";
import { batchNormReference, layerNormReference, softmaxReference } from "../reference/normalisation.ts";
import { setNormReference } from "../reference/set_norm.ts";
import { operationCase, randomInput } from "./operation_case.ts";

/** Row normalisation at the width of a profile. */
export const layerNormCase: KernelCase = operationCase({
  name: "layer-norm",
  summary: "layer normalisation of every row, statistics and result in one kernel",
  sizes: { rows: 128, width: 978 },
  // Far from zero: a variance as mean square less squared mean cancels.
  loud: { x: { grid: 1 / 64, shift: 128 } },
  variants: {
    chosen: (step, { x, scale, shift }) => layerNorm(step, { x, scale, shift }, { kind: "torch" }),
  },
  inputs: ({ rows, width }, random) => ({
    x: randomInput(random, [rows, width]),
    scale: randomInput(random, [width]),
    shift: randomInput(random, [width]),
  }),
  reference: ({ rows, width }) => layerNormReference("torch", rows, width),
});

/** Normalisation of whole sets, as released. */
export const setNormCase: KernelCase = operationCase({
  name: "set-norm",
  summary: "set normalisation: one mean and one variance a sample, over genes and channels",
  sizes: { genes: 978, width: 128, batch: 2 },
  // Far from zero: a variance as mean square less squared mean cancels.
  loud: { x: { grid: 1 / 64, shift: 128 } },
  variants: {
    chosen: (step, { x, scale, shift }, { batch }) =>
      setNorm(step, { x, scale, shift }, { samples: batch, kind: "variance" }),
  },
  inputs: ({ genes, width, batch }, random) => ({
    x: randomInput(random, [batch * genes, width]),
    scale: randomInput(random, [width]),
    shift: randomInput(random, [width]),
  }),
  reference: ({ genes, width, batch }) => setNormReference({ samples: batch, elements: genes, width }),
});

/** Softmax of every row. */
export const softmaxCase: KernelCase = operationCase({
  name: "softmax",
  summary: "softmax over rows",
  sizes: { rows: 1000, width: 141 },
  flops: ({ rows, width }) => 12 * rows * width,
  // exp of a single precision number overflows from 88.7 on; softmax depends on differences, which stay small.
  loud: { x: { grid: 1 / 32, shift: 200 } },
  variants: { chosen: (step, { x }) => softmax(step, { x }) },
  inputs: ({ rows, width }, random) => ({ x: randomInput(random, [rows, width], 3) }),
  reference: ({ rows, width }) => softmaxReference(rows, width),
});

/** BatchNorm1d in training. */
export const batchNormCase: KernelCase = operationCase({
  name: "batch-norm",
  summary: "batch normalisation of columns, in training",
  sizes: { rows: 128, width: 978 },
  least: { rows: 2 },
  // Far from zero: a variance as mean square less squared mean cancels.
  loud: { x: { grid: 1 / 64, shift: 128 } },
  variants: {
    chosen: (step, { x, scale, shift, runningMean, runningVariance }) =>
      batchNorm(step, { x, scale, shift, runningMean, runningVariance }, { train: true }),
  },
  inputs: ({ rows, width }, random) => ({
    x: randomInput(random, [rows, width]),
    scale: randomInput(random, [width]),
    shift: randomInput(random, [width]),
    runningMean: { ...randomInput(random, [width]), gradient: false },
    runningVariance: { shape: [width], values: new Float32Array(width).fill(1), gradient: false },
  }),
  reference: ({ rows, width }) => batchNormReference(true, rows, width),
});
