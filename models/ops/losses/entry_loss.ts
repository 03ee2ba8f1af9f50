import { entryLossBackward, entryLossForward } from "../../../kernels/losses/losses.ts";
import { defineOperation } from "../../../engine/operation.ts";
import type { Step } from "../../../engine/step.ts";
import type { Tensor } from "../../../engine/tensor.ts";
import { recordSum } from "../../../engine/ops/reduce_sum.ts";
import { tableSizes } from "./table_sizes.ts";

/** Which loss of an entry's error d: see `entryLoss`. */
export type EntryLossKind = "shrinkage" | "dynamic";

/**
 * Mean over entries of a loss of the error d = prediction - target: "shrinkage" d^2 / (1 + exp(10 (0.2 - |d|))),
 * "dynamic" k d^2 with k = |d| where |d| > 2 and |d| / 2 elsewhere (differentiated through k).
 *
 * Shapes: prediction and target equal -> [1]. Source: badger.md 3.1.
 * @throws {ShapeError} when they differ in size.
 */
export const entryLoss: (
  step: Step,
  inputs: { prediction: Tensor; target: Tensor },
  attributes: { kind: EntryLossKind },
) => Tensor = defineOperation<
  { prediction: Tensor; target: Tensor },
  { kind: EntryLossKind },
  { rows: number; width: number; scale: number }
>({
  name: "entry_loss",
  forward(step, { prediction, target }, { kind }) {
    const { rows, width } = tableSizes("entryLoss", prediction, target);
    const uniforms = { rows, width, scale: 1 / (rows * width) };
    const rowLosses = step.empty([rows], "row losses");
    step.run(entryLossForward(kind), { prediction, expected: target, row_losses: rowLosses }, uniforms);
    const loss = step.empty([1], "loss");
    recordSum(step, "identity", rowLosses, rowLosses, loss);
    return { output: loss, saved: uniforms };
  },
  backward(step, { inputs: { prediction, target }, attributes: { kind }, saved, dy, gradient }) {
    const dx = gradient("prediction");
    if (dx) step.run(entryLossBackward(kind), { prediction, expected: target, dy, dx }, saved);
  },
});
