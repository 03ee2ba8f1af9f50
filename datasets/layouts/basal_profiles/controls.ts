import { type Dataset, matrixOf } from "../../dataset.ts";
import { dummyMolecule } from "../../molecules/molecule_graph.ts";
import type { Control } from "../layout.ts";
import { dealUnits, oneUnit, rowsOfUnits } from "../common/deal_units.ts";
import { shownAsUnits, withoutDrugs } from "../common/disturbed_keys.ts";
import type { ProfileInputs } from "./inputs.ts";

/** Inputs of samples with a basal profile that can be disturbed (reference-runs.md 2.4; field.md section 4). */
export const profileControls: readonly Control<ProfileInputs>[] = [
  {
    name: "drug-removed",
    description: "every molecule replaced by the dummy node",
    disturb(data, rows) {
      const { molecules } = data.inputs;
      const there = molecules.findIndex(({ nodes }) => nodes === 1);
      const dummy = there < 0 ? molecules.length : there;
      const moleculeOfRow = data.inputs.moleculeOfRow.slice();
      for (const row of rows) moleculeOfRow[row] = dummy;
      return withInputs({ ...data, ...withoutDrugs(data, rows) }, {
        moleculeOfRow,
        molecules: there < 0 ? [...molecules, dummyMolecule()] : molecules,
      });
    },
  },
  {
    name: "drug-permuted",
    description: "every drug shown as another drug of these rows",
    disturb(data, rows, seed) {
      const shownAs = dealUnits(data.drug, rows, seed, 0xd7);
      if (!shownAs) return oneUnit("drug", data.drug, rows);
      const firstOf = rowsOfUnits(data.drug, rows);
      const before = data.inputs.moleculeOfRow, moleculeOfRow = before.slice();
      for (const row of rows) {
        const [other] = firstOf.get(shownAs.get(data.drug.of[row])!)!;
        moleculeOfRow[row] = before[other];
      }
      return withInputs({ ...data, drug: shownAsUnits(data.drug, rows, shownAs) }, { moleculeOfRow });
    },
  },
  {
    name: "cell-permuted",
    description: "every cell line shown with the basal profiles of another one of these rows",
    disturb(data, rows, seed) {
      const shownAs = dealUnits(data.cell, rows, seed, 0xd1);
      if (!shownAs) return oneUnit("cell line", data.cell, rows);
      const rowsOf = rowsOfUnits(data.cell, rows);
      const genes = data.inputs.genes.length, before = data.inputs.basal, basal = before.slice();
      for (const [unit, own] of rowsOf) {
        const others = rowsOf.get(shownAs.get(unit)!)!;
        own.forEach((row, place) => {
          const other = others[place % others.length];
          basal.set(before.subarray(other * genes, (other + 1) * genes), row * genes);
        });
      }
      const cell = shownAsUnits(data.cell, rows, shownAs);
      return withInputs({ ...data, cell, basal: matrixOf(basal, genes) }, { basal });
    },
  },
];

function withInputs(data: Dataset<ProfileInputs>, changed: Partial<ProfileInputs>): Dataset<ProfileInputs> {
  return { ...data, inputs: { ...data.inputs, ...changed } };
}
