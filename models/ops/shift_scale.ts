import { scaleBy, shiftScaleForward } from "../../kernels/shift_scale/shift_scale.ts";
import { ShapeError } from "../../engine/errors.ts";
import { defineOperation } from "../../engine/operation.ts";
import type { Step } from "../../engine/step.ts";
import type { Tensor } from "../../engine/tensor.ts";
import { recordSum } from "../../engine/ops/reduce_sum.ts";

/** Inputs of the scaling layer. */
export type ShiftScaleInputs = { x: Tensor; shift: Tensor; scale: Tensor };

/**
 * y = (x + shift) scale with two learned scalars (csg2a.md 2.6; derivative in 4.2).
 *
 * Shapes: x [any], shift [1], scale [1] -> as x.
 * @throws {ShapeError} when shift or scale is not one value.
 */
export const shiftScale: (step: Step, inputs: ShiftScaleInputs, attributes: void) => Tensor = defineOperation<
  ShiftScaleInputs,
  void,
  void
>({
  name: "shift_scale",
  forward(step, { x, shift, scale }) {
    if (shift.size !== 1 || scale.size !== 1) {
      throw new ShapeError(`shiftScale(): shift ${shift} and scale ${scale} must hold one value each.`);
    }
    const y = step.empty(x.shape, "scaled profile");
    step.run(shiftScaleForward, { x, shift, scale, y }, { n: x.size, scaled: 1 });
    return { output: y, saved: undefined };
  },
  backward(step, { inputs: { x, shift, scale }, dy, gradient }) {
    const n = x.size;
    const dscale = gradient("scale");
    if (dscale) {
      const shifted = step.empty(x.shape, "x + shift");
      step.run(shiftScaleForward, { x, shift, scale: shift, y: shifted }, { n, scaled: 0 });
      recordSum(step, "product", shifted, dy, dscale);
    }
    const dshift = gradient("shift");
    if (dshift) {
      const sum = step.empty([1], "sum of dy");
      recordSum(step, "identity", dy, dy, sum);
      step.run(scaleBy, { x: sum, scale, y: dshift }, { n: 1 });
    }
    const dx = gradient("x");
    if (dx) step.run(scaleBy, { x: dy, scale, y: dx }, { n });
  },
});
