import {
  countedBatchNormBackward,
  countedBatchNormForward,
} from "../../kernels/counted_batch_norm/counted_batch_norm.ts";
import { ShapeError } from "../errors.ts";
import { defineOperation } from "../operation.ts";
import type { Step } from "../step.ts";
import type { Tensor } from "../tensor.ts";

/** Inputs of the norm; count and running statistics are never differentiated. */
export type CountedBatchNormInputs = {
  x: Tensor;
  /** [1] u32: how many rows there really are; the rest pads a bucketed batch. */
  count: Tensor;
  runningMean: Tensor;
  runningVariance: Tensor;
};

/** Which statistics normalise, and what follows. */
export interface CountedBatchNormAttributes {
  readonly train: boolean;
  readonly relu?: boolean;
  /** Share of the new batch in the running statistics. */
  readonly momentum?: number;
}

const epsilon = 1e-5;

/**
 * BatchNorm1d without scale and shift over the first `count` rows, then an optional ReLU. Rows past the count come out
 * as zero, count nothing and get no gradient. In training the running statistics move (unbiased variance).
 *
 * Shapes: x [rows, width], running statistics [width] -> [rows, width]. Source: badger.md 5.3.
 * @throws {ShapeError} when widths disagree or `count` is not one value.
 */
export const countedBatchNorm: (
  step: Step,
  inputs: CountedBatchNormInputs,
  attributes: CountedBatchNormAttributes,
) => Tensor = defineOperation<CountedBatchNormInputs, CountedBatchNormAttributes, Tensor>({
  name: "counted_batch_norm",
  forward(step, { x, count, runningMean, runningVariance }, { train, relu = false, momentum = 0.1 }) {
    const [rows, width] = x.shape;
    if (runningMean.size !== width || runningVariance.size !== width || count.size !== 1) {
      throw new ShapeError(
        `countedBatchNorm(): ${runningMean}, ${runningVariance} and count ${count} do not fit x ${x}.`,
      );
    }
    const y = step.empty([rows, width], "counted batch norm");
    const statistics = step.empty([width, 2], "batch statistics");
    step.run(countedBatchNormForward({ train, relu }), {
      x,
      count,
      running_mean: runningMean,
      running_variance: runningVariance,
      y,
      statistics,
    }, { rows, width, epsilon, momentum });
    return { output: y, saved: statistics };
  },
  backward(
    step,
    { inputs: { x, count }, attributes: { train, relu = false }, saved: statistics, dy, gradient },
  ) {
    const [rows, width] = x.shape;
    const dx = gradient("x");
    if (dx) {
      step.run(countedBatchNormBackward({ train, relu }), { x, count, statistics, dy, dx }, { rows, width });
    }
  },
});
