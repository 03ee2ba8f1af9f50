import { type Kernel, linearGrid, loop } from "../../descriptor.ts";
import { mostNeighbours } from "../degree_linear.ts";
import forward from "./forward.wgsl" with { type: "text" };
import gradientAtoms from "./gradient_atoms.wgsl" with { type: "text" };
import gradientBonds from "./gradient_bonds.wgsl" with { type: "text" };
import gradientWeights from "./gradient_weights.wgsl" with { type: "text" };

/** Neighbours an atom that the cost model assumes, as in the fused kernels. */
const typicalDegree = 2.1;

/** Adds the neighbours' part of every output, neighbour by neighbour. */
export const naiveForward: Kernel = {
  name: "degree_linear_naive",
  code: forward,
  workgroups: ({ atoms, out }) => linearGrid(atoms * out, 64),
  flops: ({ atoms, width, bond_width, out }) => 2 * typicalDegree * atoms * out * (width + bond_width),
  bytes: ({ atoms, width, bond_width, out }) => 4 * atoms * (width + bond_width + 2 * out),
  iterations: ({ width, bond_width }) => loop(mostNeighbours, loop(width) + loop(bond_width)),
};

/** Adds the neighbours' part of the gradient of x. */
export const naiveGradientAtoms: Kernel = {
  name: "degree_linear_naive_gradient_atoms",
  code: gradientAtoms,
  workgroups: ({ atoms, width }) => linearGrid(atoms * width, 64),
  flops: ({ atoms, width, out }) => 2 * typicalDegree * atoms * out * width,
  bytes: ({ atoms, width, out }) => 4 * atoms * (2 * width + out),
  iterations: ({ out }) => loop(mostNeighbours, loop(out)),
};

/** Gradient of the bond features. */
export const naiveGradientBonds: Kernel = {
  name: "degree_linear_naive_gradient_bonds",
  code: gradientBonds,
  workgroups: ({ bonds, bond_width }) => linearGrid(bonds * bond_width, 64),
  flops: ({ bonds, bond_width, out }) => 4 * bonds * bond_width * out,
  bytes: ({ bonds, bond_width, out }) => 4 * bonds * (bond_width + 2 * out),
  iterations: ({ out }) => loop(2, loop(out)),
};

/** Gradient of all six weights, in the packed layout. */
export const naiveGradientWeights: Kernel = {
  name: "degree_linear_naive_gradient_weights",
  code: gradientWeights,
  workgroups: (
    { width, bond_width, out_row },
  ) => [Math.ceil((6 * (width + bond_width) * out_row) / 64), 1, 1],
  flops: ({ atoms, width, bond_width, out }) => 2 * typicalDegree * atoms * out * (width + bond_width),
  bytes: ({ atoms, width, bond_width, out }) => 4 * atoms * (width + bond_width + out),
  iterations: ({ atoms }) => loop(atoms, loop(mostNeighbours)),
};
