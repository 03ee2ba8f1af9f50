import { packWeights, unpackWeights } from "../../kernels/degree_linear/degree_linear.ts";
import {
  naiveForward,
  naiveGradientAtoms,
  naiveGradientBonds,
  naiveGradientWeights,
} from "../../kernels/degree_linear/naive/naive.ts";
import { defineOperation } from "../../engine/operation.ts";
import type { Step } from "../../engine/step.ts";
import type { Tensor } from "../../engine/tensor.ts";
import {
  type DegreeLinearInputs,
  type DegreeLinearSizes,
  degreeLinearSizes,
  degreeNames,
} from "../../models/ops/degree_linear_inputs.ts";
import { recordMatmul } from "../../engine/ops/matmul.ts";
import { matrix, transposed } from "../../engine/ops/matrix_view.ts";
import { sumColumns } from "../../engine/ops/sum_rows.ts";

function uniforms({ atoms, width, bondWidth, out, quads }: DegreeLinearSizes): Record<string, number> {
  return { atoms, width, bond_width: bondWidth, out, out_row: 4 * quads };
}

/**
 * The naive twin of `degreeLinear`, for benchmarks and tests: neighbour by neighbour for every output and every weight.
 *
 * Shapes: as `degreeLinear`.
 * @throws {ShapeError} when they disagree.
 */
export const degreeLinearNaive: (step: Step, inputs: DegreeLinearInputs, attributes: void) => Tensor =
  defineOperation<DegreeLinearInputs, void, { table: Tensor; sizes: DegreeLinearSizes }>({
    name: "degree_linear_naive",
    forward(step, inputs) {
      const { x, bonds, starts, neighbours, neighbourBonds, selfWeight, bias } = inputs;
      const sizes = degreeLinearSizes(inputs);
      const { atoms, width, out, quads, row } = sizes;
      const table = step.empty([6, row, 4 * quads], "weights by degree");
      const weights = Object.fromEntries(degreeNames.map((name) => [name, inputs[name]]));
      step.run(packWeights, { ...weights, table }, { out, quads, row });
      const y = step.empty([atoms, out], "graph convolution");
      recordMatmul(step, matrix(x, atoms, width), transposed(matrix(selfWeight, out, width)), y, { bias });
      const tensors = { x, bonds, starts, neighbours, neighbour_bonds: neighbourBonds, table, y };
      step.run(naiveForward, tensors, uniforms(sizes));
      return { output: y, saved: { table, sizes } };
    },
    backward(step, { inputs, saved: { table, sizes }, dy, gradient }) {
      const { x, bonds, starts, neighbours, neighbourBonds, bondAtoms, selfWeight } = inputs;
      const { atoms, width, out, quads, row } = sizes;
      const dself = gradient("selfWeight");
      if (dself) recordMatmul(step, transposed(matrix(dy, atoms, out)), matrix(x, atoms, width), dself);
      const dbias = gradient("bias");
      if (dbias) sumColumns(step, dy, atoms, out, dbias);
      const wanted = degreeNames.map((name) => gradient(name));
      if (wanted.some((slot) => slot)) {
        const dtable = step.empty(table.shape, "weight gradients by degree");
        const tensors = { dy, x, bonds, starts, neighbours, neighbour_bonds: neighbourBonds, dtable };
        step.run(naiveGradientWeights, tensors, uniforms(sizes));
        const slots = degreeNames.map((
          name,
          k,
        ) => [name, wanted[k] ?? step.empty([out, row], `unused d(${name})`)]);
        step.run(unpackWeights, { table: dtable, ...Object.fromEntries(slots) }, { out, quads, row });
      }
      const dx = gradient("x");
      if (dx) {
        recordMatmul(step, matrix(dy, atoms, out), matrix(selfWeight, out, width), dx);
        step.run(naiveGradientAtoms, { dy, starts, neighbours, table, dx }, uniforms(sizes));
      }
      const dbonds = gradient("bonds");
      if (dbonds && bondAtoms) {
        const tensors = { dy, starts, bond_atoms: bondAtoms, table, dbonds };
        step.run(naiveGradientBonds, tensors, { ...uniforms(sizes), bonds: bonds.shape[0] });
      }
    },
  });
