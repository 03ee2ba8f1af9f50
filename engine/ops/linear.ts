import { pointwiseBackward, stageCodes } from "../../kernels/pointwise/pointwise.ts";
import { ShapeError } from "../errors.ts";
import { defineOperation } from "../operation.ts";
import type { Tensor } from "../tensor.ts";
import { recordMatmul } from "./matmul.ts";
import { matrix, transposed } from "./matrix_view.ts";
import { sumColumns } from "./sum_rows.ts";

/** Inputs of a linear layer. */
export type LinearInputs = { x: Tensor; weight: Tensor; bias?: Tensor; residual?: Tensor };

/** What follows the product. */
export interface LinearAttributes {
  /** "none" unless told. */
  readonly activation?: "none" | "relu" | "leakyRelu";
  /** Of the leaky ReLU; must be positive, because the backward reads the sign off the output. */
  readonly slope?: number;
}

/**
 * y = activation(x W' + bias) + residual, in one kernel.
 *
 * Shapes: x [rows, in], weight [out, in] as in PyTorch, bias [out], residual [rows, out] -> [rows, out].
 * @throws {ShapeError} when they disagree, or a residual is combined with an activation.
 */
export const linear: (
  step: import("../step.ts").Step,
  inputs: LinearInputs,
  attributes: LinearAttributes,
) => Tensor = defineOperation<LinearInputs, LinearAttributes, void>({
  name: "linear",
  forward(step, { x, weight, bias, residual }, { activation = "none", slope = 0 }) {
    const [out, width] = weight.shape;
    const rows = x.size / width;
    if (weight.shape.length !== 2 || x.shape.at(-1) !== width) {
      throw new ShapeError(`linear(): weight ${weight} needs rows of ${width} values, x is ${x}.`);
    }
    if (bias && bias.size !== out) {
      throw new ShapeError(`linear(): bias ${bias} does not fit weight ${weight}.`);
    }
    if (residual && (residual.size !== rows * out || activation !== "none")) {
      throw new ShapeError(
        `linear(): residual ${residual} must be [${rows}, ${out}], and without activation.`,
      );
    }
    const y = step.empty([rows, out], `linear(${weight.label})`);
    recordMatmul(step, matrix(x, rows, width), transposed(matrix(weight, out, width)), y, {
      bias,
      residual,
      activation,
      slope,
    });
    return { output: y, saved: undefined };
  },
  backward(step, { inputs: { x, weight, bias }, attributes, output, dy, gradient, passThrough }) {
    const [out, width] = weight.shape;
    const rows = x.size / width;
    let dz = dy;
    if (attributes.activation === "relu" || attributes.activation === "leakyRelu") {
      // Both keep the sign, so the output tells the branch and the product need not be kept.
      dz = step.empty([rows, out], `d(${output.label} before activation)`);
      const kernel = pointwiseBackward([stageCodes[attributes.activation]]);
      const unused = { u1: 0, v1: 0, u2: 0, v2: 0, u3: 0, v3: 0 };
      step.run(kernel, { x: output, dy, dx: dz }, {
        n: dz.size,
        site: 0,
        u0: attributes.slope ?? 0,
        v0: 0,
        ...unused,
      });
    }
    const dweight = gradient("weight");
    if (dweight) recordMatmul(step, transposed(matrix(dz, rows, out)), matrix(x, rows, width), dweight);
    const dbias = bias && gradient("bias");
    if (dbias) sumColumns(step, dz, rows, out, dbias);
    const dx = gradient("x");
    if (dx) recordMatmul(step, matrix(dz, rows, out), matrix(weight, out, width), dx);
    passThrough("residual");
  },
});
