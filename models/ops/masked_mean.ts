import { specialise } from "../../kernels/descriptor.ts";
import { maskedMeanBackward, maskedMeanForward } from "../../kernels/sets/sets.ts";
import { ShapeError } from "../../engine/errors.ts";
import { defineOperation } from "../../engine/operation.ts";
import type { Step } from "../../engine/step.ts";
import type { Tensor } from "../../engine/tensor.ts";

const epsilon = 1e-5;

/**
 * Masked mean over each sample's set: sum of mask x / (sum of mask + 1e-5); zero for an empty set (badger.md 2.1).
 *
 * Shapes: x [samples, items, width], mask [samples, items], data -> [samples, width].
 * @throws {ShapeError} when the mask is not [samples, items], or x does not have its rows.
 */
export const maskedMean: (step: Step, inputs: { x: Tensor; mask: Tensor }, attributes: void) => Tensor =
  defineOperation<{ x: Tensor; mask: Tensor }, void, Tensor>({
    name: "masked_mean",
    forward(step, { x, mask }) {
      const [samples, items] = mask.shape;
      const width = x.shape.at(-1) ?? 1;
      if (mask.shape.length !== 2 || x.size !== samples * items * width) {
        throw new ShapeError(`maskedMean(): mask ${mask} must be [samples, items] and fit the rows of ${x}.`);
      }
      const y = step.empty([samples, width], "masked mean");
      const inverse = step.empty([samples], "reciprocal counts");
      step.run(maskedMeanForward, { x, mask, y, inverse }, { samples, items, width, epsilon });
      return { output: y, saved: inverse };
    },
    backward(step, { inputs: { x, mask }, saved: inverse, dy, accumulate }) {
      const [samples, items] = mask.shape;
      const dx = accumulate("x");
      if (!dx) return;
      const kernel = specialise(maskedMeanBackward, { ADD: dx.add ? 1 : 0 });
      step.run(kernel, { dy, mask, inverse, dx: dx.into }, { samples, items, width: x.shape.at(-1) ?? 1 });
    },
  });
