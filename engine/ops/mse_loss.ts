import { mseBackward } from "../../kernels/mse/mse.ts";
import { ShapeError } from "../errors.ts";
import { defineOperation } from "../operation.ts";
import type { Step } from "../step.ts";
import type { Tensor } from "../tensor.ts";
import { recordSum } from "./reduce_sum.ts";

/** Inputs of the loss; the target is data. */
export type MseInputs = { prediction: Tensor; target: Tensor };

/**
 * Mean squared error over all elements.
 *
 * Shapes: prediction and target equal -> [1].
 * @throws {ShapeError} when they differ in size.
 */
export const mseLoss: (step: Step, inputs: MseInputs, attributes: void) => Tensor = defineOperation<
  MseInputs,
  void,
  void
>({
  name: "mse_loss",
  forward(step, { prediction, target }) {
    if (prediction.size !== target.size) {
      throw new ShapeError(`mseLoss(): ${prediction} and ${target} differ in size.`);
    }
    if (prediction.size === 0) throw new ShapeError(`mseLoss(): ${prediction} has no elements to average.`);
    const loss = step.empty([1], "loss");
    recordSum(step, "squaredDifference", prediction, target, loss, 1 / prediction.size);
    return { output: loss, saved: undefined };
  },
  backward(step, { inputs: { prediction, target }, dy, gradient }) {
    const dx = gradient("prediction");
    if (dx) step.run(mseBackward, { prediction, expected: target, dy, dx }, { n: dx.size });
  },
});
