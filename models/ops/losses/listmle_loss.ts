import { listmleBackward, listmleForward } from "../../../kernels/losses/ranking.ts";
import { defineOperation } from "../../../engine/operation.ts";
import type { Step } from "../../../engine/step.ts";
import type { Tensor } from "../../../engine/tensor.ts";
import { recordSum } from "../../../engine/ops/reduce_sum.ts";
import { tableSizes } from "./table_sizes.ts";

/**
 * ListMLE: the mean over rows of the sum over ranks k of ln(sum from k on of e^p) - p_k, ranks by descending label.
 *
 * Shapes: prediction [rows, items], order [rows, items] u32 (see `labelOrder`) -> [1]. Source: badger.md 3.1.
 * @throws {ShapeError} when they differ in size.
 */
export const listmleLoss: (
  step: Step,
  inputs: { prediction: Tensor; order: Tensor },
  attributes: void,
) => Tensor = defineOperation<
  { prediction: Tensor; order: Tensor },
  void,
  { tails: Tensor; uniforms: { rows: number; width: number; scale: number } }
>({
  name: "listmle_loss",
  forward(step, { prediction, order }) {
    const { rows, width } = tableSizes("listmleLoss", prediction, order);
    const uniforms = { rows, width, scale: 1 / rows };
    const rowLosses = step.empty([rows], "row losses");
    const tails = step.empty([rows, width], "log sums of the tails");
    step.run(listmleForward, { prediction, order, row_losses: rowLosses, tails }, uniforms);
    const loss = step.empty([1], "loss");
    recordSum(step, "identity", rowLosses, rowLosses, loss);
    return { output: loss, saved: { tails, uniforms } };
  },
  backward(step, { inputs: { prediction, order }, saved: { tails, uniforms }, dy, gradient }) {
    const dx = gradient("prediction");
    if (dx) step.run(listmleBackward, { prediction, order, tails, dy, dx }, uniforms);
  },
});
