import {
  atomChunk,
  degreeLinearBackwardAtoms,
  degreeLinearBackwardBonds,
  degreeLinearBackwardSums,
  degreeLinearBackwardWeights,
  degreeLinearForward,
  degreeWeights,
  neighbourSum,
  packWeights,
  unpackWeights,
} from "../../kernels/degree_linear/degree_linear.ts";
import { type BackwardCall, defineOperation } from "../../engine/operation.ts";
import type { Step } from "../../engine/step.ts";
import type { Tensor } from "../../engine/tensor.ts";
import {
  type DegreeLinearInputs,
  type DegreeLinearSizes,
  degreeLinearSizes,
  degreeNames,
} from "./degree_linear_inputs.ts";
import { recordMatmul } from "../../engine/ops/matmul.ts";
import { matrix, transposed } from "../../engine/ops/matrix_view.ts";
import { sumColumns } from "../../engine/ops/sum_rows.ts";

export type { DegreeLinearInputs } from "./degree_linear_inputs.ts";

interface Saved {
  readonly sums: Tensor;
  readonly table: Tensor;
  readonly sizes: DegreeLinearSizes;
}

/**
 * Degree-typed graph convolution: y_a = x_a Wself' + s_a W_k' + bias, s_a the sum over a's k neighbours of
 * concat(their x, the bond's features). The order of atoms and of neighbours does not matter.
 *
 * Shapes: as the inputs say -> [atoms, out]. Source: badger.md 5.3.
 * @throws {ShapeError} when they disagree.
 */
export const degreeLinear: (step: Step, inputs: DegreeLinearInputs, attributes: void) => Tensor =
  defineOperation<DegreeLinearInputs, void, Saved>({
    name: "degree_linear",
    forward(step, inputs) {
      const { x, bonds, starts, neighbours, neighbourBonds, selfWeight, bias } = inputs;
      const sizes = degreeLinearSizes(inputs);
      const { atoms, width, bondWidth, out, quads, row } = sizes;
      const sums = step.empty([atoms, row], "sums over neighbours");
      step.run(neighbourSum, { x, bonds, starts, neighbours, neighbour_bonds: neighbourBonds, sums }, {
        atoms,
        width,
        bond_width: bondWidth,
      });
      const table = step.empty([degreeWeights, row, 4 * quads], "weights by degree");
      const weights = Object.fromEntries(degreeNames.map((name) => [name, inputs[name]]));
      step.run(packWeights, { ...weights, table }, { out, quads, row });
      const y = step.empty([atoms, out], "graph convolution");
      recordMatmul(step, matrix(x, atoms, width), transposed(matrix(selfWeight, out, width)), y, { bias });
      step.run(degreeLinearForward, { sums, starts, table, y }, { atoms, out, quads, row });
      return { output: y, saved: { sums, table, sizes } };
    },
    backward(step, call) {
      const { inputs: { x }, saved: { sizes: { atoms, width, out } }, dy, gradient } = call;
      const dself = gradient("selfWeight");
      if (dself) recordMatmul(step, transposed(matrix(dy, atoms, out)), matrix(x, atoms, width), dself);
      const dbias = gradient("bias");
      if (dbias) sumColumns(step, dy, atoms, out, dbias);
      weightGradients(step, call);
      inputGradients(step, call);
    },
  });

type Call = BackwardCall<DegreeLinearInputs, void, Saved>;

function weightGradients(step: Step, { inputs, saved: { sums, sizes }, dy, gradient }: Call): void {
  const { atoms, out, quads, row } = sizes;
  const wanted = degreeNames.map((name) => gradient(name));
  if (wanted.every((slot) => slot === undefined)) return;
  const chunks = Math.max(1, Math.ceil(atoms / atomChunk));
  const values = degreeWeights * row * 4 * quads;
  const partial = step.empty([chunks, values], "weight gradients by chunk");
  const { starts } = inputs;
  step.run(degreeLinearBackwardWeights(step.device.adapterClass), {
    dy,
    starts,
    sums,
    partial_table: partial,
  }, {
    atoms,
    out,
    quads,
    row,
  });
  const table = step.empty([values], "weight gradients by degree");
  sumColumns(step, partial, chunks, values, table);
  const slots = degreeNames.map((
    name,
    k,
  ) => [name, wanted[k] ?? step.empty([out, row], `unused d(${name})`)]);
  step.run(unpackWeights, { table, ...Object.fromEntries(slots) }, { out, quads, row });
}

function inputGradients(step: Step, { inputs, saved: { table, sizes }, dy, gradient }: Call): void {
  const { bonds, starts, neighbours, bondAtoms, selfWeight } = inputs;
  const { atoms, width, bondWidth, out, quads, row } = sizes;
  const [dx, dbonds] = [gradient("x"), gradient("bonds")];
  if (!dx && !dbonds) return;
  const dsums = step.empty([atoms, row], "d(sums over neighbours)");
  step.run(degreeLinearBackwardSums, { dy, starts, table, dsums }, { atoms, out, quads, row });
  if (dx) {
    recordMatmul(step, matrix(dy, atoms, out), matrix(selfWeight, out, width), dx);
    step.run(degreeLinearBackwardAtoms, { dsums, starts, neighbours, dx }, {
      atoms,
      width,
      bond_width: bondWidth,
    });
  }
  if (dbonds && bondAtoms) {
    step.run(degreeLinearBackwardBonds, { dsums, bond_atoms: bondAtoms, dbonds }, {
      atoms,
      bonds: bonds.shape[0],
      width,
      bond_width: bondWidth,
    });
  }
}
