import {
  scalarGradients,
  scalarSums,
  scaleBy,
  shiftScaleForward,
  threadsOfSums,
} from "../../kernels/shift_scale/shift_scale.ts";
import { ShapeError } from "../../engine/errors.ts";
import { defineOperation } from "../../engine/operation.ts";
import type { Step } from "../../engine/step.ts";
import type { Tensor } from "../../engine/tensor.ts";

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
    step.run(shiftScaleForward, { x, shift, scale, y }, { n: x.size });
    return { output: y, saved: undefined };
  },
  backward(step, { inputs: { x, shift, scale }, dy, gradient }) {
    const n = x.size;
    const [dscale, dshift] = [gradient("scale"), gradient("shift")];
    if (dscale || dshift) {
      const threads = threadsOfSums(n);
      const partial = step.empty([threads, 2], "sums for the scalars");
      step.run(scalarSums, { x, shift, dy, partial }, { n, threads });
      const into = {
        dscale: dscale ?? step.empty([1], "unwanted"),
        dshift: dshift ?? step.empty([1], "unwanted"),
      };
      step.run(scalarGradients, { partial, scale, ...into }, { threads });
    }
    const dx = gradient("x");
    if (dx) step.run(scaleBy, { x: dy, scale, y: dx }, { n });
  },
});
