import { listnetBackward, listnetForward } from "../../../kernels/losses/ranking.ts";
import { defineOperation } from "../../../engine/operation.ts";
import type { Step } from "../../../engine/step.ts";
import type { Tensor } from "../../../engine/tensor.ts";
import { recordSum } from "../../../engine/ops/reduce_sum.ts";
import { tableSizes } from "./table_sizes.ts";

/**
 * ListNet: minus the mean over rows of the sum of softmax(target) ln softmax(prediction).
 *
 * Shapes: prediction and target [rows, items] -> [1]. Source: badger.md 3.1.
 * @throws {ShapeError} when they differ in size.
 */
export const listnetLoss: (
  step: Step,
  inputs: { prediction: Tensor; target: Tensor },
  attributes: void,
) => Tensor = defineOperation<
  { prediction: Tensor; target: Tensor },
  void,
  { statistics: Tensor; uniforms: { rows: number; width: number; scale: number } }
>({
  name: "listnet_loss",
  forward(step, { prediction, target }) {
    const { rows, width } = tableSizes("listnetLoss", prediction, target);
    const uniforms = { rows, width, scale: 1 / rows };
    const rowLosses = step.empty([rows], "row losses");
    const statistics = step.empty([rows, 2], "row log sums");
    const tensors = { prediction, expected: target, row_losses: rowLosses, statistics };
    step.run(listnetForward, tensors, uniforms);
    const loss = step.empty([1], "loss");
    recordSum(step, "identity", rowLosses, rowLosses, loss);
    return { output: loss, saved: { statistics, uniforms } };
  },
  backward(step, { inputs: { prediction, target }, saved: { statistics, uniforms }, dy, gradient }) {
    const dx = gradient("prediction");
    if (dx) step.run(listnetBackward, { prediction, expected: target, statistics, dy, dx }, uniforms);
  },
});
