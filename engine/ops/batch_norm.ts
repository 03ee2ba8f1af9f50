import { batchNormBackward, batchNormForward } from "../../kernels/batch_norm/batch_norm.ts";
import { ShapeError } from "../errors.ts";
import { defineOperation } from "../operation.ts";
import type { Step } from "../step.ts";
import type { Tensor } from "../tensor.ts";

/** Inputs of BatchNorm1d; the running statistics are state: moved in training, never differentiated. */
export type BatchNormInputs = {
  x: Tensor;
  scale: Tensor;
  shift: Tensor;
  runningMean: Tensor;
  runningVariance: Tensor;
};

/** Training or evaluation statistics. */
export interface BatchNormAttributes {
  readonly train: boolean;
  /** Share of the new batch in the running statistics. */
  readonly momentum?: number;
}

const epsilon = 1e-5;

/**
 * PyTorch's BatchNorm1d.
 *
 * Shapes: x [rows, width], all others [width] -> [rows, width]. Normalises with the biased variance, moves the
 * running one with the unbiased (csg2a.md 2.3).
 * @throws {ShapeError} when widths disagree, or in training with fewer than two rows.
 */
export const batchNorm: (step: Step, inputs: BatchNormInputs, attributes: BatchNormAttributes) => Tensor =
  defineOperation<BatchNormInputs, BatchNormAttributes, Tensor>({
    name: "batch_norm",
    forward(step, { x, scale, shift, runningMean, runningVariance }, { train, momentum = 0.1 }) {
      const [rows, width] = x.shape;
      for (const tensor of [scale, shift, runningMean, runningVariance]) {
        if (tensor.size !== width) throw new ShapeError(`batchNorm(): ${tensor} does not fit x ${x}.`);
      }
      if (train && rows < 2) {
        throw new ShapeError(`batchNorm(): training needs at least two rows a batch, x is ${x}.`);
      }
      const y = step.empty([rows, width], "batch norm");
      const statistics = step.empty([width, 2], "batch statistics");
      step.run(batchNormForward(train), {
        x,
        scale,
        shift,
        running_mean: runningMean,
        running_variance: runningVariance,
        y,
        statistics,
      }, { rows, width, epsilon, momentum });
      return { output: y, saved: statistics };
    },
    backward(step, { inputs: { x, scale, shift }, attributes: { train }, saved: statistics, dy, gradient }) {
      const [rows, width] = x.shape;
      const dx = gradient("x") ?? step.empty([rows, width], "unused input gradient");
      const dscale = gradient("scale") ?? step.empty([width], `unused d(${scale.label})`);
      const dshift = gradient("shift") ?? step.empty([width], `unused d(${shift.label})`);
      step.run(batchNormBackward(train), { x, scale, statistics, dy, dx, dscale, dshift }, { rows, width });
    },
  });
