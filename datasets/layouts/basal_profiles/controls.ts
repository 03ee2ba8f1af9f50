import { withRows } from "../../matrix.ts";
import { dummyMolecule } from "../../molecules/molecule_graph.ts";
import type { Control } from "../layout.ts";
import { permuted, withInputs } from "../common/deal_units.ts";
import { withoutDrugs } from "../common/disturbed_keys.ts";
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
      const dealt = permuted(data, "drug", rows, seed);
      if (typeof dealt === "string") return dealt;
      return withInputs({ ...data, drug: dealt.key }, {
        moleculeOfRow: dealt.shown(data.inputs.moleculeOfRow),
      });
    },
  },
  {
    name: "cell-permuted",
    description: "every cell line shown with the basal profiles of another one of these rows",
    disturb(data, rows, seed) {
      const dealt = permuted(data, "cell", rows, seed);
      if (typeof dealt === "string") return dealt;
      const from = Uint32Array.from({ length: data.rows }, (_, row) => row);
      for (const { own, others } of dealt.pairs) {
        own.forEach((row, place) => from[row] = others[place % others.length]);
      }
      const basal = withRows(data.inputs.basal, from);
      return withInputs({ ...data, cell: dealt.key, basal }, { basal });
    },
  },
];
