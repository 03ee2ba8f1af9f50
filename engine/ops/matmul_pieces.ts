import { type Cut, cutAtMost, cutInto, type Piece, piecesOf } from "../cut.ts";
import { ShapeError } from "../errors.ts";
import type { Step } from "../step.ts";
import type { TensorRange } from "../tensor.ts";
import type { MatrixView } from "./matrix_view.ts";

/** A dimension of a product: rows, columns, or the one that is summed over. */
export type ProductAxis = "m" | "n" | "k";

/** The factors and the product. */
export interface ProductOperands {
  readonly a: MatrixView;
  readonly b: MatrixView;
  readonly c: MatrixView;
}

/** What of an operand is bound for a piece, and where in it the piece begins. */
export interface PieceOperand {
  readonly range: TensorRange;
  readonly start: number;
}

/** One dispatch's share of a product: everything, or a range of one of its dimensions. */
export interface ProductPiece extends Piece {
  readonly axis: ProductAxis | undefined;
  readonly a: PieceOperand;
  readonly b: PieceOperand;
  readonly c: PieceOperand;
}

const axes = { a: ["m", "k"], b: ["k", "n"], c: ["m", "n"] } as const;

/**
 * Cuts a product where an operand exceeds the binding limit, along that operand's longest stride, or where the sum must go in
 * `passes`, each of which adds to what the ones before it left.
 *
 * @throws {ShapeError} when two operands exceed the limit, or one of a batched product or a part of a tensor does
 */
export function productPieces(
  step: Step,
  operands: ProductOperands,
  extents: Readonly<Record<ProductAxis, number>>,
  batches: number,
  passes: number,
): ProductPiece[] {
  const limit = step.device.maxBinding / 4;
  const tooLarge = (["a", "b", "c"] as const).filter((name) => operands[name].tensor.size > limit);
  if (tooLarge.length > 1) {
    throw new ShapeError("matmul: only one of two factors and product may exceed the binding limit.");
  }
  const [large] = tooLarge;
  let [axis, cut]: [ProductAxis | undefined, Cut] = [undefined, { each: 0, pieces: 1 }];
  if (large) {
    const view = operands[large];
    if (batches > 1 || Object.values(operands).some(({ start }) => start)) {
      throw new ShapeError("matmul: a batched product, or a part of a tensor, must fit one binding.");
    }
    const stride = Math.max(view.rowStride, view.columnStride);
    const most = Math.floor((limit - 64) / stride);
    if (most < 1) {
      throw new ShapeError(`matmul: one row of ${view.tensor} exceeds the adapter's binding limit.`);
    }
    axis = axes[large][view.rowStride >= view.columnStride ? 0 : 1];
    cut = cutAtMost(extents[axis], most);
  }
  if (passes > 1 && (axis === undefined || axis === "k")) {
    axis = "k";
    cut = cutInto(extents.k, Math.max(passes, cut.pieces));
  }
  return piecesOf(axis ? extents[axis] : 0, cut).map((piece): ProductPiece => {
    const operand = (name: "a" | "b" | "c"): PieceOperand => {
      const { tensor, rowStride, columnStride, start = 0 } = operands[name];
      const stride = axis === axes[name][0] ? rowStride : axis === axes[name][1] ? columnStride : 0;
      const at = start + piece.from * stride;
      if (name !== large) return { range: { tensor, start: 0, length: tensor.size }, start: at };
      // A binding begins on a multiple of 64 elements.
      const first = Math.floor(at / 64) * 64;
      const length = Math.min(tensor.size - first, at - first + piece.count * stride);
      return { range: { tensor, start: first, length }, start: at - first };
    };
    return { ...piece, axis, a: operand("a"), b: operand("b"), c: operand("c") };
  });
}
