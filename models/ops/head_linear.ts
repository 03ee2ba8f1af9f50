import { ShapeError } from "../../engine/errors.ts";
import { defineOperation } from "../../engine/operation.ts";
import type { Step } from "../../engine/step.ts";
import type { Tensor } from "../../engine/tensor.ts";
import { addMatmul, recordMatmul } from "../../engine/ops/matmul.ts";
import { matrix, transposed } from "../../engine/ops/matrix_view.ts";

/**
 * Every head of every row times one matrix: y = x W for each slice of `depth` channels.
 *
 * Shapes: x [rows, heads * depth], weight [depth, depth], multiplied from the right as stored -> as x. Source: badger.md 2.3.
 * @throws {ShapeError} when the rows are not whole heads.
 */
export const headLinear: (step: Step, inputs: { x: Tensor; weight: Tensor }, attributes: void) => Tensor =
  defineOperation<{ x: Tensor; weight: Tensor }, void, number>({
    name: "head_linear",
    forward(step, { x, weight }) {
      const depth = weight.shape.at(-1)!;
      const rows = x.size / depth;
      if (weight.size !== depth * depth || x.shape.at(-1)! % depth !== 0) {
        throw new ShapeError(`headLinear(): rows of ${x} are not whole heads of weight ${weight}.`);
      }
      const y = step.empty(x.shape, `heads by ${weight.label}`);
      recordMatmul(step, matrix(x, rows, depth), matrix(weight, depth, depth), y);
      return { output: y, saved: depth };
    },
    backward(step, { inputs: { x, weight }, saved: depth, dy, accumulate }) {
      const rows = x.size / depth;
      const dweight = accumulate("weight", true);
      if (dweight) addMatmul(step, transposed(matrix(x, rows, depth)), matrix(dy, rows, depth), dweight);
      const dx = accumulate("x", true);
      if (dx) addMatmul(step, matrix(dy, rows, depth), transposed(matrix(weight, depth, depth)), dx);
    },
  });
