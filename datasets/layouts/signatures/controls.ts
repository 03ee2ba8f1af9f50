import type { BadgerData, BadgerDrug, FeatureTable } from "../../badger/types.ts";
import type { Dataset } from "../../dataset.ts";
import { dealUnits, oneUnit, rowsOfUnits } from "../common/deal_units.ts";
import { shownAsUnits, withoutDrugs } from "../common/disturbed_keys.ts";
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
      const shownAs = dealUnits(data.drug, rows, seed, 0xd7);
      if (!shownAs) return oneUnit("drug", data.drug, rows);
      const firstOf = rowsOfUnits(data.drug, rows);
      const before = data.inputs.drugOfRow, drugOfRow = before.slice();
      for (const row of rows) drugOfRow[row] = before[firstOf.get(shownAs.get(data.drug.of[row])!)![0]];
      return withInputs({ ...data, drug: shownAsUnits(data.drug, rows, shownAs) }, { drugOfRow });
    },
  },
  {
    name: "cell-permuted",
    description: "every cell line shown as another one of these rows",
    disturb(data, rows, seed) {
      const shownAs = dealUnits(data.cell, rows, seed, 0xd1);
      if (!shownAs) return oneUnit("cell line", data.cell, rows);
      const firstOf = rowsOfUnits(data.cell, rows);
      const before = data.inputs.cellOfRow, cellOfRow = before.slice();
      for (const row of rows) cellOfRow[row] = before[firstOf.get(shownAs.get(data.cell.of[row])!)![0]];
      const cell = shownAsUnits(data.cell, rows, shownAs);
      return withInputs({ ...data, cell, ...cellFeaturesOf({ ...data.inputs, cellOfRow }) }, { cellOfRow });
    },
  },
];

function withInputs(data: Dataset<BadgerData>, changed: Partial<BadgerData>): Dataset<BadgerData> {
  return { ...data, inputs: { ...data.inputs, ...changed } };
}

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
