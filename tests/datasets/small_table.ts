import { type Dataset, type DrugIdentity, matrixOf } from "../../datasets/dataset.ts";
import { cellIdentity } from "../../datasets/identity/cell_identity.ts";
import { drugIdentities } from "../../datasets/identity/drug_identity.ts";
import { keyOf, numberConditions } from "../../datasets/identity/key.ts";
import { Chemistry } from "../../datasets/molecules/chemistry.ts";

/** A row as a file would write it. */
export interface SmallRow {
  readonly smiles: string;
  readonly name?: string;
  readonly cell: string;
  readonly dose?: number;
  readonly truth?: number;
}

const chemistry = await Chemistry.load();

/** A table of one output, keyed as the layouts key theirs. */
export function smallTable(rows: readonly SmallRow[], identity: DrugIdentity = "parent"): Dataset {
  const { of, parent, alike } = drugIdentities(chemistry, identity);
  const drug = keyOf(rows.map(({ smiles }) => smiles), of, {
    nameOf: (row) => rows[row].name ?? "",
    alike,
  });
  const cell = keyOf(rows.map(({ cell }) => cell), cellIdentity());
  const structures: string[] = [];
  drug.of.forEach((unit, row) => structures[unit] ??= parent(rows[row].smiles));
  const dose = Float32Array.from(rows, (row) => row.dose ?? 10),
    time = new Float32Array(rows.length).fill(24);
  return {
    layout: "small",
    name: "small",
    source: "the small table",
    rows: rows.length,
    rowNames: rows.map((_, row) => `row ${row + 1}`),
    identity,
    drug,
    structures,
    cell,
    dose,
    time,
    condition: numberConditions(drug, cell, dose, time),
    outputs: { kind: "response", names: ["y"], unit: "" },
    truth: matrixOf(Float32Array.from(rows, (row, at) => row.truth ?? at), 1),
    inputs: undefined,
    notes: [],
    skipped: [],
    files: [],
    fingerprint: "",
  };
}

/** Alcohols: 1 is methanol. */
export function alcohol(carbons: number): string {
  return `${"C".repeat(carbons)}O`;
}
