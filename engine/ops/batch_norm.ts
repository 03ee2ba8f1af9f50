import {
  batchNormBackward,
  batchNormChunkStatistics,
  batchNormChunkSums,
  batchNormForward,
  type BatchNormVariant,
  rowsOfChunk,
} from "../../kernels/batch_norm/batch_norm.ts";
import { cutSum } from "../cut.ts";
import { ShapeError } from "../errors.ts";
import { defineOperation } from "../operation.ts";
import { requireRate } from "./require_rate.ts";
import type { Step } from "../step.ts";
import type { Tensor } from "../tensor.ts";

/** Inputs of BatchNorm1d; the running statistics are state: moved in training, never differentiated. */
export type BatchNormInputs = {
  x: Tensor;
  /** [width], with `shift` or not at all. */
  scale?: Tensor;
  /** [width]. */
  shift?: Tensor;
  runningMean: Tensor;
  runningVariance: Tensor;
  /** [1] u32: how many rows there really are, where the rest pads a bucketed batch. */
  count?: Tensor;
};

/** Which statistics normalise, and what follows. */
export interface BatchNormAttributes {
  /** Whether the batch's own statistics are used, and move the running ones. */
  readonly train: boolean;
  /** A ReLU behind the norm. */
  readonly relu?: boolean;
  /** A dropout behind the ReLU; `site` as of `elementwise`. */
  readonly dropout?: { readonly rate: number; readonly site: number };
  /** Share of the new batch in the running statistics. */
  readonly momentum?: number;
}

const epsilon = 1e-5;

type Saved = { readonly statistics: Tensor; readonly variant: BatchNormVariant; readonly keep: number };

function sizesOf(x: Tensor) {
  const [rows, width] = x.shape;
  const { each: chunk, pieces: chunks } = cutSum(rows, rowsOfChunk);
  return { rows, width, chunk, chunks };
}

/**
 * PyTorch's BatchNorm1d, with or without scale and shift, of all rows or the first `count`: rows past the count come out as
 * zero, count nothing and get no gradient.
 *
 * Shapes: x [rows, width], all others but the count [width] -> [rows, width]. Normalises with the biased variance, moves
 * the running one with the unbiased. Source: csg2a.md 2.3; badger.md 5.3 for the count. Sums in two stages of fixed order.
 * @throws {ShapeError} when widths disagree, in training with fewer than two rows, or for a dropout without a ReLU
 * @throws {RangeError} for a dropout rate outside [0, 1]
 */
export const batchNorm: (step: Step, inputs: BatchNormInputs, attributes: BatchNormAttributes) => Tensor =
  defineOperation<BatchNormInputs, BatchNormAttributes, Saved>({
    name: "batch_norm",
    forward(step, inputs, attributes) {
      const { train, relu = false, dropout, momentum = 0.1 } = attributes;
      const { rate, site } = dropout ?? { rate: 0, site: 0 };
      const { x, scale, shift, runningMean, runningVariance, count } = inputs;
      if (x.shape.length !== 2) throw new ShapeError(`batchNorm(): x ${x} is not [rows, width].`);
      const sizes = sizesOf(x);
      const { rows, width, chunks } = sizes;
      for (const tensor of [scale, shift, runningMean, runningVariance]) {
        if (tensor && tensor.size !== width) {
          throw new ShapeError(`batchNorm(): ${tensor} does not fit x ${x}.`);
        }
      }
      if (!scale !== !shift) {
        throw new ShapeError(`batchNorm(): scale ${scale} and shift ${shift} go together.`);
      }
      requireRate("batchNorm", rate);
      if (rate > 0 && !relu) throw new ShapeError(`batchNorm(): dropout ${rate} needs a ReLU before it.`);
      if (count && count.size !== 1) throw new ShapeError(`batchNorm(): count ${count} is not one value.`);
      if (train && !count && rows < step.leastNormRows) {
        throw new ShapeError(`batchNorm(): training needs at least two rows a batch, x is ${x}.`);
      }
      const variant = { train, relu, dropout: rate > 0, counted: !!count, affine: !!scale };
      const y = step.empty([rows, width], "batch norm");
      const statistics = step.empty([width, 4], "batch statistics");
      // Where one chunk is all, the last stage finds its statistics itself and reads no partial ones.
      const partial = train && chunks > 1 ? step.empty([chunks, width, 2], "statistics by chunk") : x;
      if (partial !== x) {
        step.run(batchNormChunkStatistics(variant), { x, ...(count && { count }), partial }, sizes);
      }
      step.run(batchNormForward(variant), {
        x,
        partial,
        running_mean: runningMean,
        running_variance: runningVariance,
        y,
        statistics,
        ...(count && { count }),
        ...(scale && shift && { scale, shift }),
      }, { ...sizes, epsilon, momentum, site, rate });
      return { output: y, saved: { statistics, variant, keep: rate < 1 ? 1 / (1 - rate) : 0 } };
    },
    backward(step, { inputs: { x, scale, shift, count }, saved, output, dy, gradient }) {
      const { statistics, variant, keep } = saved;
      const sizes = { ...sizesOf(x), keep };
      const { rows, width, chunks } = sizes;
      const counted = { ...(count && { count }), ...(variant.relu && { y: output }) };
      const partial = chunks > 1 ? step.empty([chunks, width, 2], "gradient sums by chunk") : x;
      if (partial !== x) {
        step.run(batchNormChunkSums(variant), { x, statistics, dy, ...counted, partial }, sizes);
      }
      const affine = scale && shift && {
        dscale: gradient("scale") ?? step.empty([width], `unused d(${scale.label})`),
        dshift: gradient("shift") ?? step.empty([width], `unused d(${shift.label})`),
      };
      const dx = gradient("x") ?? step.empty([rows, width], "unused input gradient");
      const tensors = { x, statistics, dy, partial, dx, ...counted, ...affine };
      step.run(batchNormBackward(variant), tensors, sizes);
    },
  });
