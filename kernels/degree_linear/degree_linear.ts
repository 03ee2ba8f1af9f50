import { type AdapterClass, type Kernel, linearGrid, loop } from "../descriptor.ts";
import { repeatLines } from "../repeat_lines.ts";
import backwardAtomsCode from "./backward_atoms.wgsl" with { type: "text" };
import backwardBondsCode from "./backward_bonds.wgsl" with { type: "text" };
import backwardSumsCode from "./backward_sums.wgsl" with { type: "text" };
import backwardWeightsCode from "./backward_weights.wgsl" with { type: "text" };
import backwardWeightsSwitchCode from "./backward_weights_switch.wgsl" with { type: "text" };
import forwardCode from "./forward.wgsl" with { type: "text" };
import neighbourSumCode from "./neighbour_sum.wgsl" with { type: "text" };
import packWeightsCode from "./pack_weights.wgsl" with { type: "text" };
import unpackWeightsCode from "./unpack_weights.wgsl" with { type: "text" };

/** Degrees with a weight of their own: 0 to 5; higher ones share the last. */
export const degreeWeights = 6;

/** Atoms whose weight gradients one thread adds up. */
export const atomChunk = 64;

/** Neighbours that an atom may have: more than chemistry knows. `neighbourSum` turns an atom with more into NaN. */
export const mostNeighbours = 32;

/** Neighbours an atom that the cost model assumes: drugs have about as many bonds as atoms. */
const typicalDegree = 2.1;

/** Sums over neighbours: x [atoms, width], bonds [.., bond_width] -> [atoms, width + bond_width]. */
export const neighbourSum: Kernel = {
  name: "neighbour_sum",
  code: neighbourSumCode,
  workgroups: ({ atoms, width, bond_width }) => linearGrid(atoms * (width + bond_width), 64),
  flops: ({ atoms, width, bond_width }) => typicalDegree * atoms * (width + bond_width),
  bytes: ({ atoms, width, bond_width }) => 8 * atoms * (width + bond_width),
  iterations: () => loop(mostNeighbours),
};

/** Six weights [out, row] in one table of quads. */
export const packWeights: Kernel = {
  name: "degree_pack_weights",
  code: packWeightsCode,
  workgroups: ({ quads, row }) => [Math.ceil((quads * row) / 64), 1, 1],
  flops: () => 0,
  bytes: ({ quads, row }) => 192 * quads * row,
  iterations: () => loop(4) + loop(degreeWeights),
};

/** The table's gradient back to six weights. */
export const unpackWeights: Kernel = {
  name: "degree_unpack_weights",
  code: unpackWeightsCode,
  workgroups: ({ out, row }) => [Math.ceil((out * row) / 64), 1, 1],
  flops: () => 0,
  bytes: ({ out, row }) => 48 * out * row,
  iterations: () => 0,
};

/** Adds the product with the weight of each atom's degree: sums [atoms, row] -> y [atoms, out]. */
export const degreeLinearForward: Kernel = {
  name: "degree_linear",
  code: forwardCode,
  workgroups: ({ atoms, quads }) => linearGrid(atoms * quads, 64),
  flops: ({ atoms, out, row }) => 2 * atoms * out * row,
  bytes: ({ atoms, out, row }) => 4 * (atoms * row + 2 * atoms * out + 6 * out * row),
  iterations: ({ row }) => loop(row) + loop(4),
};

/** Gradient of the sums. */
export const degreeLinearBackwardSums: Kernel = {
  name: "degree_linear_backward_sums",
  code: backwardSumsCode,
  workgroups: ({ atoms, row }) => linearGrid(atoms * row, 64),
  flops: ({ atoms, out, row }) => 2 * atoms * out * row,
  bytes: ({ atoms, out, row }) => 4 * (atoms * row + atoms * out + 6 * out * row),
  iterations: ({ out }) => loop(Math.floor(out / 4)) + loop(3),
};

/** Gradient of the weights, a table a chunk of atoms. */
export function degreeLinearBackwardWeights(adapterClass: AdapterClass): Kernel {
  const gpu = adapterClass === "gpu";
  return {
    name: gpu ? "degree_linear_backward_weights_switch" : "degree_linear_backward_weights",
    code: gpu ? repeatLines(backwardWeightsSwitchCode, "d", degreeWeights) : backwardWeightsCode,
    workgroups: ({ atoms, quads, row }) => [
      Math.ceil((quads * row) / 64),
      Math.max(1, Math.ceil(atoms / atomChunk)),
      1,
    ],
    flops: ({ atoms, out, row }) => 2 * atoms * out * row,
    bytes: ({ atoms, out, row }) => 4 * atoms * (row + out) + 24 * out * row * Math.ceil(atoms / atomChunk),
    iterations: () => loop(atomChunk, loop(3)) + (gpu ? 0 : loop(degreeWeights)),
  };
}

/** Adds the neighbours' part to the gradient of x. */
export const degreeLinearBackwardAtoms: Kernel = {
  name: "degree_linear_backward_atoms",
  code: backwardAtomsCode,
  workgroups: ({ atoms, width }) => linearGrid(atoms * width, 64),
  flops: ({ atoms, width }) => typicalDegree * atoms * width,
  bytes: ({ atoms, width }) => 12 * atoms * width,
  iterations: () => loop(mostNeighbours),
};

/** Gradient of the bond features. */
export const degreeLinearBackwardBonds: Kernel = {
  name: "degree_linear_backward_bonds",
  code: backwardBondsCode,
  workgroups: ({ bonds, bond_width }) => linearGrid(bonds * bond_width, 64),
  flops: ({ bonds, bond_width }) => bonds * bond_width,
  bytes: ({ bonds, bond_width }) => 12 * bonds * bond_width,
  iterations: () => loop(2),
};
