import { neuralAtomFeatureCount, neuralBondFeatureCount } from "../../datasets/molecules/neural_graph.ts";
import type { DType, Tensor } from "../../engine/mod.ts";
import type { GraphCapacity } from "./packed_graphs.ts";

/** A batch of molecules on the device, packed: the arrays of `PackedGraphs` under the same names. */
export interface GraphTensors {
  /** [atoms, 62] */
  readonly atomFeatures: Tensor;
  /** [bonds, 6] */
  readonly bondFeatures: Tensor;
  /** [1] u32 */
  readonly count: Tensor;
  /** [atoms + 1] u32 */
  readonly starts: Tensor;
  /** [2 bonds] u32 */
  readonly neighbours: Tensor;
  /** [2 bonds] u32 */
  readonly neighbourBonds: Tensor;
  /** [molecules, slots] u32 */
  readonly sourceOf: Tensor;
  /** [atoms] u32 */
  readonly placeOf: Tensor;
  /** [molecules, slots] */
  readonly mask: Tensor;
}

/** Makes the tensors of a capacity, as inputs of a step for one. */
export function graphTensors(
  { molecules, atoms, bonds, slots }: GraphCapacity,
  make: (shape: readonly number[], name: keyof GraphTensors, dtype: DType) => Tensor,
): GraphTensors {
  return {
    atomFeatures: make([atoms, neuralAtomFeatureCount], "atomFeatures", "f32"),
    bondFeatures: make([bonds, neuralBondFeatureCount], "bondFeatures", "f32"),
    count: make([1], "count", "u32"),
    starts: make([atoms + 1], "starts", "u32"),
    neighbours: make([2 * bonds], "neighbours", "u32"),
    neighbourBonds: make([2 * bonds], "neighbourBonds", "u32"),
    sourceOf: make([molecules, slots], "sourceOf", "u32"),
    placeOf: make([atoms], "placeOf", "u32"),
    mask: make([molecules, slots], "mask", "f32"),
  };
}
