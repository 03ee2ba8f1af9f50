import { ShapeError } from "../errors.ts";
import { defineOperation } from "../operation.ts";
import type { Step } from "../step.ts";
import type { Tensor } from "../tensor.ts";
import { recordMatmul } from "./matmul.ts";
import { matrix, type MatrixView, transposed } from "./matrix_view.ts";

/** Which factors are transposed before the product, and a scale. */
export interface BatchedMatmulAttributes {
  /** Takes the matrices of a as [inner, rows]. */
  readonly transposeA?: boolean;
  /** Takes the matrices of b as [columns, inner]. */
  readonly transposeB?: boolean;
  /** Factor of the product; 1 unless told. */
  readonly scale?: number;
}

function view(tensor: Tensor, transpose = false): MatrixView {
  const whole = matrix(tensor, tensor.shape.at(-2)!, tensor.shape.at(-1)!);
  return transpose ? transposed(whole) : whole;
}

/**
 * C = scale op(A) op(B), a batch at a time.
 *
 * Shapes: a [batch.., m, k] (or its transpose), b [batch.., k, n] (or its transpose) -> [batch.., m, n].
 * @throws {ShapeError} when batches or inner dimensions differ.
 */
export const batchedMatmul: (
  step: Step,
  inputs: { a: Tensor; b: Tensor },
  attributes: BatchedMatmulAttributes,
) => Tensor = defineOperation<{ a: Tensor; b: Tensor }, BatchedMatmulAttributes, number>({
  name: "batched_matmul",
  forward(step, { a, b }, { transposeA, transposeB, scale = 1 }) {
    const batch = a.shape.slice(0, -2);
    if (a.shape.length < 2 || b.shape.length < 2 || batch.join() !== b.shape.slice(0, -2).join()) {
      throw new ShapeError(`batchedMatmul(): batches of ${a} and ${b} differ.`);
    }
    const batches = batch.reduce((product, extent) => product * extent, 1);
    const [left, right] = [view(a, transposeA), view(b, transposeB)];
    const c = step.empty([...batch, left.rows, right.columns], "product");
    recordMatmul(step, left, right, c, { alpha: scale }, batches);
    return { output: c, saved: batches };
  },
  backward(step, { inputs: { a, b }, attributes, saved: batches, dy, gradient }) {
    const { transposeA, transposeB, scale: alpha = 1 } = attributes;
    const [left, right, upstream] = [view(a, transposeA), view(b, transposeB), view(dy)];
    const da = gradient("a");
    // d op(A) = dC op(B)'; for a transposed A its transpose, computed as op(B) dC'.
    if (da && transposeA) recordMatmul(step, right, transposed(upstream), da, { alpha }, batches);
    else if (da) recordMatmul(step, upstream, transposed(right), da, { alpha }, batches);
    const db = gradient("b");
    if (db && transposeB) recordMatmul(step, transposed(upstream), left, db, { alpha }, batches);
    else if (db) recordMatmul(step, transposed(left), upstream, db, { alpha }, batches);
  },
});
