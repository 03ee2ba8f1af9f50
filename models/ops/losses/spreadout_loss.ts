import { inverseNorms, spreadoutBackward, spreadoutForward } from "../../../kernels/losses/supervision.ts";
import { ShapeError } from "../../../engine/errors.ts";
import { defineOperation } from "../../../engine/operation.ts";
import type { Step } from "../../../engine/step.ts";
import type { Tensor } from "../../../engine/tensor.ts";
import { recordSum } from "../../../engine/ops/reduce_sum.ts";

interface Saved {
  readonly inverse: Tensor;
  readonly unitSums: Tensor;
  readonly uniforms: { samples: number; items: number; width: number; scale: number };
}

/**
 * Spread-out regularisation: the mean over items of half the sum of cosines between the rows that different samples
 * have for it. Computed as (|sum of unit rows|^2 - their number) / 2; cosines with a zero row count 0.
 *
 * Shapes: embeddings [samples, items, width] -> [1]. Source: badger.md 3.4.
 * @throws {ShapeError} when the embeddings are not three-dimensional.
 */
export const spreadoutLoss: (step: Step, inputs: { embeddings: Tensor }, attributes: void) => Tensor =
  defineOperation<{ embeddings: Tensor }, void, Saved>({
    name: "spreadout_loss",
    forward(step, { embeddings: x }) {
      const [samples, items, width] = x.shape;
      if (x.shape.length !== 3) throw new ShapeError(`spreadoutLoss(): ${x} is not [samples, items, width].`);
      const uniforms = { samples, items, width, scale: 1 / items };
      const inverse = step.empty([samples, items], "reciprocal norms");
      step.run(inverseNorms, { x, inverse }, { rows: samples * items, width });
      const itemLosses = step.empty([items], "item losses");
      const unitSums = step.empty([items, width], "sums of unit rows");
      step.run(spreadoutForward, { x, inverse, item_losses: itemLosses, unit_sums: unitSums }, uniforms);
      const loss = step.empty([1], "spread-out loss");
      recordSum(step, "identity", itemLosses, itemLosses, loss);
      return { output: loss, saved: { inverse, unitSums, uniforms } };
    },
    backward(step, { inputs: { embeddings: x }, saved: { inverse, unitSums, uniforms }, dy, gradient }) {
      const dx = gradient("embeddings");
      if (dx) step.run(spreadoutBackward, { x, inverse, unit_sums: unitSums, dy, dx }, uniforms);
    },
  });
