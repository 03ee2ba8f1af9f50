import { sum, sumOfThree } from "../../kernels/add/add.ts";
import { ShapeError } from "../errors.ts";
import { defineOperation } from "../operation.ts";
import type { Step } from "../step.ts";
import type { Tensor } from "../tensor.ts";

/** Two terms, or three. */
export type AddInputs = { a: Tensor; b: Tensor; c?: Tensor };

/**
 * a + b, or a + b + c, element by element.
 *
 * Shapes: all equal -> same.
 * @throws {ShapeError} when they differ in size.
 */
export const add: (step: Step, inputs: AddInputs, attributes: void) => Tensor = defineOperation<
  AddInputs,
  void,
  void
>({
  name: "add",
  forward(step, { a, b, c }) {
    const odd = [b, c].find((term) => term && term.size !== a.size);
    if (odd) throw new ShapeError(`add(): ${a} and ${odd} differ in size.`);
    const y = step.empty(a.shape, "sum");
    step.run(c ? sumOfThree : sum, { a, b, ...(c && { c }), y }, { n: y.size });
    return { output: y, saved: undefined };
  },
  backward: (_step, { passThrough }) => (["a", "b", "c"] as const).forEach(passThrough),
});
