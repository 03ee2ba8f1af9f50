import { rowThreads } from "../../../kernels/losses/losses.ts";
import { ranknetBackward, ranknetForward } from "../../../kernels/losses/ranking.ts";
import { ShapeError } from "../../../engine/errors.ts";
import { defineOperation } from "../../../engine/operation.ts";
import type { Step } from "../../../engine/step.ts";
import type { Tensor } from "../../../engine/tensor.ts";
import { recordSum } from "../../../engine/ops/reduce_sum.ts";
import { tableSizes } from "./table_sizes.ts";

/** Inputs of the loss; target and weights are data. */
export type RanknetInputs = { prediction: Tensor; target: Tensor; weights?: Tensor };

/**
 * RankNet: the sum over rows and pairs i < j of (1 - y) S / 2 + ln(1 + e^-S), S = p_i - p_j, y = sign(t_i - t_j), times
 * the weight of i where weights are given. A sum, not a mean. A row of one item gives 0.
 *
 * Shapes: prediction and target [rows, items], weights [items] -> [1]. Source: badger.md 3.1.
 * @throws {ShapeError} when they disagree.
 */
export const ranknetLoss: (step: Step, inputs: RanknetInputs, attributes: void) => Tensor = defineOperation<
  RanknetInputs,
  void,
  { rows: number; width: number }
>({
  name: "ranknet_loss",
  forward(step, { prediction, target, weights }) {
    const sizes = tableSizes("ranknetLoss", prediction, target);
    if (weights && weights.size !== sizes.width) {
      throw new ShapeError(`ranknetLoss(): ${weights} needs one weight an item of ${prediction}.`);
    }
    const partial = step.empty([sizes.rows, Math.ceil(sizes.width / rowThreads)], "pair losses");
    step.run(ranknetForward(!!weights), {
      prediction,
      expected: target,
      weights: weights ?? target,
      partial_losses: partial,
    }, sizes);
    const loss = step.empty([1], "loss");
    recordSum(step, "identity", partial, partial, loss);
    return { output: loss, saved: sizes };
  },
  backward(step, { inputs: { prediction, target, weights }, saved: sizes, dy, gradient }) {
    const dx = gradient("prediction");
    if (!dx) return;
    const tensors = { prediction, expected: target, weights: weights ?? target, dy, dx };
    step.run(ranknetBackward(!!weights), tensors, sizes);
  },
});
