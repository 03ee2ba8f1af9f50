import { ShapeError } from "../errors.ts";
import { defineOperation } from "../operation.ts";
import type { Tensor } from "../tensor.ts";
import { recordTailGradient } from "./elementwise.ts";
import { addMatmul, recordMatmul } from "./matmul.ts";
import { matrix, type MatrixView, transposed } from "./matrix_view.ts";
import { sumColumns } from "./sum_rows.ts";
import { zero } from "./zero.ts";

/** Inputs of a linear layer. */
export type LinearInputs = { x: Tensor; weight: Tensor; bias?: Tensor; residual?: Tensor };

/** What follows the product. */
export interface LinearAttributes {
  /** "none" unless told. */
  readonly activation?: "none" | "relu" | "leakyRelu";
  /** Of the leaky ReLU; must be positive, because the backward reads the sign off the output. */
  readonly slope?: number;
  /** Column of the weight that the first of x meets, where the weight is wider than x: its other columns are left out. */
  readonly from?: number;
}

/** The columns of a weight that rows of x meet. @throws {ShapeError} when it has not so many. */
function columnsFor(weight: Tensor, x: Tensor, from?: number): MatrixView {
  const [out, width] = weight.shape;
  const columns = x.shape.at(-1) ?? 1;
  if (weight.shape.length !== 2 || (from === undefined ? columns !== width : from + columns > width)) {
    const begin = from === undefined ? "" : ` from column ${from} on`;
    throw new ShapeError(`linear(): weight ${weight} needs rows of ${width} values${begin}, x is ${x}.`);
  }
  return { ...matrix(weight, out, width), columns, start: from };
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
  forward(step, { x, weight, bias, residual }, { activation = "none", slope = 0, from }) {
    const factor = columnsFor(weight, x, from);
    const [out, width] = [factor.rows, factor.columns];
    const rows = x.size / width;
    if (bias && bias.size !== out) {
      throw new ShapeError(`linear(): bias ${bias} does not fit weight ${weight}.`);
    }
    if (residual && (residual.size !== rows * out || activation !== "none")) {
      throw new ShapeError(
        `linear(): residual ${residual} must be [${rows}, ${out}], and without activation.`,
      );
    }
    const y = step.empty([rows, out], `linear(${weight.label})`);
    const epilogue = { bias, residual, activation, slope };
    recordMatmul(step, matrix(x, rows, width), transposed(factor), y, epilogue);
    return { output: y, saved: undefined };
  },
  backward(step, { inputs: { x, weight, bias }, attributes, output, dy, accumulate, passThrough }) {
    const factor = columnsFor(weight, x, attributes.from);
    const { rows: out, columns: width } = factor;
    const whole = width === weight.shape[1];
    const rows = x.size / width;
    let dz = dy;
    if ((attributes.activation ?? "none") !== "none") {
      // Both keep the sign, so the output tells the branch and the product need not be kept.
      dz = step.empty([rows, out], `d(${output.label} before activation)`);
      recordTailGradient(step, attributes, output, dy, dz);
    }
    const dweight = accumulate("weight", whole);
    const dbias = bias && accumulate("bias");
    if (dweight) {
      const target = whole ? undefined : { ...factor, tensor: dweight.into };
      if (target && !dweight.add) zero(step, dweight.into);
      addMatmul(step, transposed(matrix(dz, rows, out)), matrix(x, rows, width), dweight, dbias, target);
    } else if (dbias) sumColumns(step, dz, rows, out, dbias.into, dbias.add);
    const dx = accumulate("x", true);
    if (dx) addMatmul(step, matrix(dz, rows, out), factor, dx);
    passThrough("residual");
  },
});
