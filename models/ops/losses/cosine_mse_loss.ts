import { cosineMseBackward, cosineMseForward } from "../../../kernels/losses/losses.ts";
import { ShapeError } from "../../../engine/errors.ts";
import { defineOperation } from "../../../engine/operation.ts";
import type { Step } from "../../../engine/step.ts";
import type { Tensor } from "../../../engine/tensor.ts";
import { recordSum } from "../../../engine/ops/reduce_sum.ts";
import { tableSizes } from "./table_sizes.ts";

/** Inputs of the loss; target and weights are data. */
export type CosineMseInputs = { prediction: Tensor; target: Tensor; weights?: Tensor };

/** How much of either term; each is a mean unless `sumRows`. */
export interface CosineMseAttributes {
  /** Factor of the rank cosine, the mean over rows of (1 - cos) / 0.5. */
  readonly cosine: number;
  /** Factor of the mean over entries of w (p - t)^2. */
  readonly squared: number;
  /** The rank cosine's sum over rows instead of the mean, as DeepCE's own code has it. */
  readonly sumRows?: boolean;
}

/**
 * Rank cosine and (weighted) mean squared error in one pass over the rows; norms are bounded below by 1e-8.
 *
 * Shapes: prediction and target [rows, items], weights [items] -> [1]. Source: badger.md 3.1.
 * @throws {ShapeError} when they disagree.
 */
export const cosineMseLoss: (step: Step, inputs: CosineMseInputs, attributes: CosineMseAttributes) => Tensor =
  defineOperation<
    CosineMseInputs,
    CosineMseAttributes,
    { statistics: Tensor; uniforms: { rows: number; width: number; cosine: number; squared: number } }
  >({
    name: "cosine_mse_loss",
    forward(step, { prediction, target, weights }, { cosine, squared, sumRows = false }) {
      const { rows, width } = tableSizes("cosineMseLoss", prediction, target);
      if (weights && weights.size !== width) {
        throw new ShapeError(`cosineMseLoss(): ${weights} needs one weight an item of ${prediction}.`);
      }
      const uniforms = {
        rows,
        width,
        cosine: sumRows ? cosine : cosine / rows,
        squared: squared / (rows * width),
      };
      const rowLosses = step.empty([rows], "row losses");
      const statistics = step.empty([rows, 4], "row cosines");
      step.run(cosineMseForward(!!weights), {
        prediction,
        expected: target,
        weights: weights ?? target,
        row_losses: rowLosses,
        statistics,
      }, uniforms);
      const loss = step.empty([1], "loss");
      recordSum(step, "identity", rowLosses, rowLosses, loss);
      return { output: loss, saved: { statistics, uniforms } };
    },
    backward(
      step,
      { inputs: { prediction, target, weights }, saved: { statistics, uniforms }, dy, gradient },
    ) {
      const dx = gradient("prediction");
      if (!dx) return;
      step.run(cosineMseBackward(!!weights), {
        prediction,
        expected: target,
        weights: weights ?? target,
        statistics,
        dy,
        dx,
      }, uniforms);
    },
  });
