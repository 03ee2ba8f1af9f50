import { approximateNdcg, smoothRanks, smoothRanksBackward } from "../../../kernels/losses/ranking.ts";
import { ShapeError } from "../../../engine/errors.ts";
import { defineOperation } from "../../../engine/operation.ts";
import type { Step } from "../../../engine/step.ts";
import type { Tensor } from "../../../engine/tensor.ts";
import { recordSum } from "../../../engine/ops/reduce_sum.ts";
import { tableSizes } from "./table_sizes.ts";

/** Inputs of the loss; target and order are data. */
export type ApproximateNdcgInputs = { prediction: Tensor; target: Tensor; order: Tensor };

/**
 * ApproxNDCG: minus the mean over rows of DCG at smooth ranks over the ideal DCG. The smooth rank is
 * 0.5 + sum over others of sigmoid(-50 (p_i - p_j)), exact ties counting 0, so that the best item has rank 0.5.
 * A row whose ideal DCG is 0 gives 0.
 *
 * Shapes: prediction and target [rows, items], order [rows, items] u32 (see `labelOrder`) -> [1]. Source: badger.md 3.1.
 * @throws {ShapeError} when they differ in size.
 */
export const approximateNdcgLoss: (step: Step, inputs: ApproximateNdcgInputs, attributes: void) => Tensor =
  defineOperation<
    ApproximateNdcgInputs,
    void,
    { slopes: Tensor; factors: Tensor; sizes: { rows: number; width: number } }
  >({
    name: "approximate_ndcg_loss",
    forward(step, { prediction, target, order }) {
      const sizes = tableSizes("approximateNdcgLoss", prediction, target);
      const { rows, width } = sizes;
      if (order.size !== target.size) {
        throw new ShapeError(`approximateNdcgLoss(): ${order} does not fit ${target}.`);
      }
      const terms = step.empty([rows, width], "discounted gains");
      const slopes = step.empty([rows, width], "slopes in the rank");
      step.run(smoothRanks, { prediction, expected: target, terms, slopes }, sizes);
      const rowLosses = step.empty([rows], "row losses");
      const factors = step.empty([rows], "reciprocal ideals");
      const tensors = { terms, expected: target, order, row_losses: rowLosses, factors };
      step.run(approximateNdcg, tensors, { rows, width, scale: 1 / rows });
      const loss = step.empty([1], "loss");
      recordSum(step, "identity", rowLosses, rowLosses, loss);
      return { output: loss, saved: { slopes, factors, sizes } };
    },
    backward(step, { inputs: { prediction }, saved: { slopes, factors, sizes }, dy, gradient }) {
      const dx = gradient("prediction");
      if (dx) step.run(smoothRanksBackward, { prediction, slopes, factors, dy, dx }, sizes);
    },
  });
