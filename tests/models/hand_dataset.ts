import { type Dataset, type Key, matrixOf } from "../../datasets/dataset.ts";
import { numberConditions } from "../../datasets/identity/key.ts";
import type { Split } from "../../datasets/types.ts";

/** A row of a table written by hand. */
export interface HandRow {
  readonly drug: string;
  readonly cell: string;
  readonly dose?: number;
  readonly time?: number;
  readonly basal?: readonly number[];
  readonly truth: readonly number[];
}

/** A row table without inputs: all that a baseline looks at. Drugs are named by their SMILES; one that starts with "?" has none. */
export function handDataset(rows: readonly HandRow[], layout = "profiles"): Dataset {
  const keyOf = (names: string[]): Key => {
    const ids = [...new Set(names)];
    return { ids, names: ids, of: Uint32Array.from(names, (name) => ids.indexOf(name)), merged: [] };
  };
  const outputs = rows[0].truth.length;
  const dose = Float32Array.from(rows, (row) => row.dose ?? 10),
    time = Float32Array.from(rows, (row) => row.time ?? 24);
  const drug = keyOf(rows.map((row) => row.drug)), cell = keyOf(rows.map((row) => row.cell));
  const names = Array.from({ length: outputs }, (_, k) => `G${k}`);
  return {
    layout,
    name: "by hand",
    source: "by hand",
    rows: rows.length,
    rowNames: rows.map((_, row) => String(row + 1)),
    identity: "parent",
    drug,
    structures: drug.ids.map((id) => id.startsWith("?") ? "" : id),
    cell,
    dose,
    time,
    condition: numberConditions(drug, cell, [...dose], [...time]),
    outputs: { kind: layout === "profiles" ? "profile" : "signature", names, unit: "z" },
    truth: matrixOf(Float32Array.from(rows.flatMap((row) => row.truth)), outputs),
    ...(rows[0].basal
      ? { basal: matrixOf(Float32Array.from(rows.flatMap((row) => row.basal!)), rows[0].basal.length) }
      : {}),
    inputs: {},
    notes: [],
    skipped: [],
    files: [],
    fingerprint: "",
  };
}

/** Rows of the three parts. */
export function handSplit(train: number[], test: number[], validation: number[] = []): Split {
  return {
    name: "by hand",
    train: Uint32Array.from(train),
    validation: Uint32Array.from(validation),
    test: Uint32Array.from(test),
  };
}
