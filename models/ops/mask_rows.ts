import { maskRowsKernel } from "../../kernels/sets/sets.ts";
import { ShapeError } from "../../engine/errors.ts";
import { defineOperation } from "../../engine/operation.ts";
import type { Step } from "../../engine/step.ts";
import type { Tensor } from "../../engine/tensor.ts";

/**
 * Every row times its mask: y[r] = x[r] mask[r]. The mask is data.
 *
 * Shapes: x [.., width], mask one value a row -> as x.
 * @throws {ShapeError} when the mask has not one value a row.
 */
export const maskRows: (step: Step, inputs: { x: Tensor; mask: Tensor }, attributes: void) => Tensor =
  defineOperation<{ x: Tensor; mask: Tensor }, void, { rows: number; width: number }>({
    name: "mask_rows",
    forward(step, { x, mask }) {
      const width = x.shape.at(-1) ?? 1;
      const rows = x.size / width;
      if (mask.size !== rows) throw new ShapeError(`maskRows(): mask ${mask} needs a value a row of ${x}.`);
      const y = step.empty(x.shape, "masked");
      step.run(maskRowsKernel, { x, mask, y }, { rows, width });
      return { output: y, saved: { rows, width } };
    },
    backward(step, { inputs: { mask }, saved, dy, gradient }) {
      const dx = gradient("x");
      if (dx) step.run(maskRowsKernel, { x: dy, mask, y: dx }, saved);
    },
  });
