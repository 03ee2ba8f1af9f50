import { ShapeError } from "../../engine/errors.ts";
import type { Tensor } from "../../engine/tensor.ts";

/** Inputs of the graph convolution: the graph, what stands on it, and eight parameters. */
export type DegreeLinearInputs = {
  /** [atoms, width]; rows past the real atoms pad a bucketed batch and have no neighbours. */
  x: Tensor;
  /** [bonds, bondWidth]. */
  bonds: Tensor;
  /** [atoms + 1] u32: atom a's neighbours are entries starts[a] .. starts[a + 1] - 1 of the next two. */
  starts: Tensor;
  /** u32; every bond is listed at both its atoms, so neighbourhood is mutual. */
  neighbours: Tensor;
  /** u32: the bond to that neighbour, a row of `bonds`. */
  neighbourBonds: Tensor;
  /** [bonds, 2] u32: both atoms of each bond, any number past the atoms for padding; needed only where `bonds` learns. */
  bondAtoms?: Tensor;
  /** [out, width]. */
  selfWeight: Tensor;
  /** [out]. */
  bias: Tensor;
  /** [out, width + bondWidth], one a number of neighbours; five and more share the last. */
  degree0: Tensor;
  degree1: Tensor;
  degree2: Tensor;
  degree3: Tensor;
  degree4: Tensor;
  degree5: Tensor;
};

/** Sizes of a graph convolution. */
export interface DegreeLinearSizes {
  readonly atoms: number;
  readonly width: number;
  readonly bondWidth: number;
  readonly out: number;
  readonly quads: number;
  readonly row: number;
}

/** The six weights' input names. */
export const degreeNames = ["degree0", "degree1", "degree2", "degree3", "degree4", "degree5"] as const;

/** Sizes of the inputs. @throws {ShapeError} when they disagree */
export function degreeLinearSizes(
  { x, bonds, starts, selfWeight, bias, ...rest }: DegreeLinearInputs,
): DegreeLinearSizes {
  const [[atoms, width], bondWidth, out] = [x.shape, bonds.shape.at(-1) ?? 0, selfWeight.shape[0]];
  const row = width + bondWidth;
  if (starts.size !== atoms + 1) throw new ShapeError(`degreeLinear(): starts ${starts} do not fit x ${x}.`);
  if (selfWeight.size !== out * width || bias.size !== out) {
    throw new ShapeError(`degreeLinear(): ${selfWeight} and ${bias} do not take x ${x}.`);
  }
  const odd = degreeNames.map((name) => rest[name]).find((weight) => weight.size !== out * row);
  if (odd) throw new ShapeError(`degreeLinear(): ${odd} must be [${out}, ${row}], for ${x} beside ${bonds}.`);
  if (bonds.requiresGradient && rest.bondAtoms?.size !== (2 * bonds.size) / bondWidth) {
    throw new ShapeError(`degreeLinear(): a gradient of ${bonds} needs both atoms of every bond.`);
  }
  return { atoms, width, bondWidth, out, quads: Math.ceil(out / 4), row };
}
