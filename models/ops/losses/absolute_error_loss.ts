import { absoluteError, absoluteErrorBackward } from "../../../kernels/losses/losses.ts";
import { ShapeError } from "../../../engine/errors.ts";
import { defineOperation } from "../../../engine/operation.ts";
import type { Step } from "../../../engine/step.ts";
import type { Tensor } from "../../../engine/tensor.ts";
import { recordSum } from "../../../engine/ops/reduce_sum.ts";

/**
 * The plain sum of |prediction - target|: supervision of a mean attention map (badger.md 3.3).
 *
 * Shapes: prediction and target equal -> [1]. The gradient is sign(prediction - target), 0 where they are equal.
 * @throws {ShapeError} when they differ in size.
 */
export const absoluteErrorLoss: (
  step: Step,
  inputs: { prediction: Tensor; target: Tensor },
  attributes: void,
) => Tensor = defineOperation<{ prediction: Tensor; target: Tensor }, void, void>({
  name: "absolute_error_loss",
  forward(step, { prediction: x, target }) {
    if (x.size !== target.size) {
      throw new ShapeError(`absoluteErrorLoss(): ${x} and ${target} differ in size.`);
    }
    const groups = Math.max(1, Math.min(256, Math.ceil(x.size / 1024)));
    const partial = step.empty([groups], "absolute errors by part");
    step.run(absoluteError, { x, expected: target, partial_losses: partial }, { n: x.size, groups });
    const loss = step.empty([1], "loss");
    recordSum(step, "identity", partial, partial, loss);
    return { output: loss, saved: undefined };
  },
  backward(step, { inputs: { prediction: x, target }, dy, gradient }) {
    const dx = gradient("prediction");
    if (dx) step.run(absoluteErrorBackward, { x, expected: target, dy, dx }, { n: x.size });
  },
});
