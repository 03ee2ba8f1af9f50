import {
  defineOperation,
  type Kernel,
  linearGrid,
  loop,
  ShapeError,
  type Step,
  type Tensor,
} from "../../../engine/mod.ts";
import forwardCode from "./row_dot.wgsl" with { type: "text" };
import gradientCode from "./row_dot_gradient.wgsl" with { type: "text" };

const forward: Kernel = {
  name: "row_dot",
  code: forwardCode,
  workgroups: ({ rows }) => linearGrid(rows, 64),
  flops: ({ rows, width }) => 2 * rows * width,
  bytes: ({ rows, width }) => 4 * (2 * rows * width + rows),
  iterations: ({ width }) => loop(width),
};

const gradient: Kernel = {
  name: "row_dot_gradient",
  code: gradientCode,
  workgroups: ({ rows, width }) => linearGrid(rows * width, 64),
  flops: ({ rows, width }) => rows * width,
  bytes: ({ rows, width }) => 4 * (2 * rows * width + rows),
  iterations: () => 0,
};

/**
 * The inner product of every row of a with the same row of b.
 *
 * Shapes: a, b [rows, width] -> [rows, 1].
 * @throws {ShapeError} when a and b differ in shape.
 */
export const rowDot: (step: Step, inputs: { a: Tensor; b: Tensor }, attributes: void) => Tensor =
  defineOperation<
    { a: Tensor; b: Tensor },
    void,
    void
  >({
    name: "row_dot",
    forward(step, { a, b }) {
      const [rows, width] = a.shape;
      if (a.shape.join() !== b.shape.join()) throw new ShapeError(`rowDot(): a is ${a}, b is ${b}.`);
      const y = step.empty([rows, 1], "row dot");
      step.run(forward, { a, b, y }, { rows, width });
      return { output: y, saved: undefined };
    },
    backward(step, { inputs: { a, b }, dy, gradient: gradientOf }) {
      const [rows, width] = a.shape;
      const da = gradientOf("a");
      if (da) step.run(gradient, { other: b, dy, dx: da }, { rows, width });
      const db = gradientOf("b");
      if (db) step.run(gradient, { other: a, dy, dx: db }, { rows, width });
    },
  });
