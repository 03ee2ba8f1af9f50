import { sizeClass, type Tunable } from "../tunable.ts";
import { type MatmulVariant, matmulVariants } from "./matmul.ts";

/**
 * Which step of the ladder runs, or the matrix units of a GPU that has them, by m, n, k and batches to a factor of two and by the
 * axes along which the operands are contiguous (`a_column` and `b_column` are the strides of their columns).
 */
export const matmulVariantTunable: Tunable<MatmulVariant | "matrix_units"> = {
  name: "matmul.variant",
  candidates: [...matmulVariants, "matrix_units"],
  shapeClass({ m, n, k, batches, a_column, b_column }) {
    const layout = `${a_column === 1 ? "k" : "m"}${b_column === 1 ? "n" : "k"}`;
    return `m${sizeClass(m)} n${sizeClass(n)} k${sizeClass(k)} x${sizeClass(batches)} ${layout}`;
  },
};
