import { defineOperation } from "../operation.ts";
import type { Step } from "../step.ts";
import { type Tensor, viewAs } from "../tensor.ts";

/**
 * The same values under another shape, on the tape: no copy forward or backward.
 *
 * Shapes: x [any] -> shape, of equal size.
 * @throws {RangeError} when sizes differ.
 */
export const reshape: (
  step: Step,
  inputs: { x: Tensor },
  attributes: { shape: readonly number[] },
) => Tensor = defineOperation<{ x: Tensor }, { shape: readonly number[] }, void>({
  name: "reshape",
  forward: (_step, { x }, { shape }) => ({ output: viewAs(x, shape), saved: undefined }),
  backward: (_step, { passThrough }) => passThrough("x"),
});
