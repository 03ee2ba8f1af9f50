import type { SampleTable } from "../types.ts";
import { plainColumn } from "./column_names.ts";
import { isNoName } from "./missing.ts";
import { listNames } from "./named_columns.ts";

/** One sample before samples are put into columns. */
export interface SampleRow {
  /** µM. */
  readonly dose: number;
  /** Hours. */
  readonly time: number;
  /** As written in the file. */
  readonly smiles: string;
  /** Name for display. */
  readonly drugName?: string;
  /** Cell line. */
  readonly cell?: string;
  /** 1 for the first row below the header of the file. */
  readonly fileRow?: number;
}

/**
 * Puts samples into columns and numbers their drugs in order of first appearance.
 *
 * Drugs are told apart by the SMILES as written (canonical forms differ between chemistry versions, stack.md 4.4). A
 * drug is displayed by the first name that one of its rows has, else by its SMILES.
 */
export function buildSampleTable(rows: readonly SampleRow[]): SampleTable {
  const indexOfDrug = new Map<string, number>();
  const drugNames: (string | undefined)[] = [];
  const drugOfRow = new Uint32Array(rows.length);
  rows.forEach((row, index) => {
    let drug = indexOfDrug.get(row.smiles);
    if (drug === undefined) {
      drug = indexOfDrug.size;
      indexOfDrug.set(row.smiles, drug);
    }
    drugOfRow[index] = drug;
    drugNames[drug] ??= row.drugName || undefined;
  });
  const drugs = [...indexOfDrug.keys()];
  const cells = rows.some((row) => row.cell !== undefined) ? rows.map((row) => row.cell ?? "") : undefined;
  const numbered = rows.length > 0 && rows.every((row) => row.fileRow !== undefined);
  return {
    rows: rows.length,
    dose: Float32Array.from(rows, (row) => row.dose),
    time: Float32Array.from(rows, (row) => row.time),
    smiles: rows.map((row) => row.smiles),
    drugs,
    drugOfRow,
    drugNames: drugs.map((smiles, drug) => drugNames[drug] ?? smiles),
    ...(cells === undefined ? {} : { cells }),
    ...(numbered ? { fileRows: Uint32Array.from(rows, (row) => row.fileRow!) } : {}),
  };
}

/** A sentence on structures that stand under several names, as copied cells leave them; none where there are none. */
export function severalNamesNote(file: string, rows: readonly (SampleRow | undefined)[]): string[] {
  const namesOf = new Map<string, Map<string, string>>();
  for (const row of rows) {
    const name = row?.drugName?.trim() ?? "";
    if (!row || isNoName(name)) continue;
    const names = namesOf.get(row.smiles) ?? new Map();
    namesOf.set(row.smiles, names.set(plainColumn(name), name));
  }
  const shared = [...namesOf.values()].filter((names) => names.size > 1).map((names) =>
    [...names.values()].join(", ")
  );
  if (shared.length === 0) return [];
  return [
    `${file}: ${shared.length} ${
      shared.length === 1 ? "structure stands" : "structures stand"
    } under several drug names and ${shared.length === 1 ? "counts" : "count"} once each (${
      listNames(shared, 3)
    }); mend the SMILES if they are different drugs.`,
  ];
}

/** The given samples, in the given order; drugs are numbered anew, so that none is left without a sample. */
export function selectSamples(samples: SampleTable, rows: ArrayLike<number>): SampleTable {
  return buildSampleTable(Array.from(rows, (row) => ({
    dose: samples.dose[row],
    time: samples.time[row],
    smiles: samples.smiles[row],
    drugName: samples.drugNames[samples.drugOfRow[row]],
    cell: samples.cells?.[row],
    fileRow: samples.fileRows?.[row],
  })));
}
