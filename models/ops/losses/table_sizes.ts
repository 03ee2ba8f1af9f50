import { ShapeError } from "../../../engine/errors.ts";
import type { Tensor } from "../../../engine/tensor.ts";

/**
 * Rows and width that prediction and target of a loss share: the last dimension is one row's.
 *
 * @throws {ShapeError} when they differ in size
 */
export function tableSizes(
  name: string,
  prediction: Tensor,
  target: Tensor,
): { rows: number; width: number } {
  if (prediction.size !== target.size) {
    throw new ShapeError(`${name}(): ${prediction} and ${target} differ in size.`);
  }
  const width = prediction.shape.at(-1) ?? 1;
  return { rows: prediction.size / width, width };
}
