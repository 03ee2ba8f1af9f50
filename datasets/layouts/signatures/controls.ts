import type { BadgerData, BadgerDrug, FeatureTable } from "../../badger/types.ts";
import { permuted, withInputs } from "../common/deal_units.ts";
import { withoutDrugs } from "../common/disturbed_keys.ts";
import type { Control } from "../layout.ts";
import { cellFeaturesOf } from "./table.ts";

/** Inputs of signatures that can be disturbed (field.md section 4). */
export const signatureControls: readonly Control<BadgerData>[] = [
  {
    name: "drug-removed",
    description: "every drug without structure, fragments and fingerprint",
    disturb(data, rows) {
      const { drugs, drugOfRow, drugVectors, pathways } = data.inputs;
      const affected = [...new Set(Array.from(rows, (row) => drugOfRow[row]))];
      const place = new Map(affected.map((drug, at) => [drug, drugs.length + at]));
      const shown = drugOfRow.slice();
      for (const row of rows) shown[row] = place.get(drugOfRow[row])!;
      return withInputs({ ...data, ...withoutDrugs(data, rows) }, {
        drugs: [...drugs, ...affected.map((drug) => withoutStructure(drugs[drug]))],
        drugOfRow: shown,
        ...(drugVectors
          ? { drugVectors: withZeroRows(drugVectors, affected.map((drug) => drugs[drug].id)) }
          : {}),
        // What its targets are is a label to be predicted, and no input.
        ...(pathways
          ? { pathways: { ...pathways, labels: withRows(pathways.labels, pathways.names.length, affected) } }
          : {}),
      });
    },
  },
  {
    name: "drug-permuted",
    description: "every drug shown as another drug of these rows",
    disturb(data, rows, seed) {
      const dealt = permuted(data, "drug", rows, seed);
      if (typeof dealt === "string") return dealt;
      return withInputs({ ...data, drug: dealt.key }, { drugOfRow: dealt.shown(data.inputs.drugOfRow) });
    },
  },
  {
    name: "cell-permuted",
    description: "every cell line shown as another one of these rows",
    disturb(data, rows, seed) {
      const dealt = permuted(data, "cell", rows, seed);
      if (typeof dealt === "string") return dealt;
      const cellOfRow = dealt.shown(data.inputs.cellOfRow);
      const features = cellFeaturesOf({ ...data.inputs, cellOfRow });
      return withInputs({ ...data, cell: dealt.key, ...features }, { cellOfRow });
    },
  },
];

function withoutStructure(drug: BadgerDrug): BadgerDrug {
  return {
    ...drug,
    smiles: "",
    fragments: [""],
    fragmentBits: [new Uint16Array()],
    moleculeBits: new Uint16Array(),
  };
}

function withZeroRows(table: FeatureTable, names: readonly string[]): FeatureTable {
  const values = new Float32Array(table.values.length + names.length * table.width);
  values.set(table.values);
  return { ...table, names: [...table.names, ...names], values };
}

/** A matrix with copies of some of its rows below. */
function withRows(
  values: Uint8Array<ArrayBuffer>,
  width: number,
  rows: readonly number[],
): Uint8Array<ArrayBuffer> {
  const extended = new Uint8Array(values.length + rows.length * width);
  extended.set(values);
  rows.forEach((row, place) =>
    extended.set(values.subarray(row * width, (row + 1) * width), values.length + place * width)
  );
  return extended;
}
