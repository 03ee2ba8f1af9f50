import { sum } from "../../kernels/add/add.ts";
import { ShapeError } from "../errors.ts";
import { defineOperation } from "../operation.ts";
import type { Step } from "../step.ts";
import type { Tensor } from "../tensor.ts";

/**
 * a + b, element by element.
 *
 * Shapes: a and b equal -> same.
 * @throws {ShapeError} when they differ in size.
 */
export const add: (step: Step, inputs: { a: Tensor; b: Tensor }, attributes: void) => Tensor =
  defineOperation<
    { a: Tensor; b: Tensor },
    void,
    void
  >({
    name: "add",
    forward(step, { a, b }) {
      if (a.size !== b.size) throw new ShapeError(`add(): ${a} and ${b} differ in size.`);
      const y = step.empty(a.shape, "sum");
      step.run(sum, { a, b, y }, { n: y.size });
      return { output: y, saved: undefined };
    },
    backward(_step, { passThrough }) {
      passThrough("a");
      passThrough("b");
    },
  });
