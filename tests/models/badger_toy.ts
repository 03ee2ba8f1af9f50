import type { BadgerData, BadgerDrug } from "../../datasets/mod.ts";
import { noise } from "../support/closeness.ts";

/** Drugs of every degree from 0 (ions) to 6 (sulphur hexafluoride), of 1 to 16 atoms. */
const structures = [
  "[Na+].[Cl-]",
  "C",
  "FS(F)(F)(F)(F)F",
  "CC(=O)Oc1ccccc1C(=O)O",
  "FP(F)(F)(F)F",
  "CC(C)(C)c1ccc(O)cc1",
  "C[N+](C)(C)CCO.[Cl-]",
];

/** A small made-up data set of ugly sizes: 13 signatures, 7 drugs, 3 cell lines, 2 doses. */
export function toyBadgerData({ genes = 31, cellWidth = 5, geneWidth = 6 } = {}): BadgerData {
  const rows = 13;
  const cells = ["A375", "HT115", "SKBR3"], doses = ["10 uM", "3.33 uM"];
  const drugs = structures.map((smiles, drug): BadgerDrug => ({
    id: `BRD-${drug}`,
    name: `drug ${drug}`,
    smiles,
    fragments: [smiles],
    fragmentBits: [Uint16Array.of(drug)],
    moleculeBits: Uint16Array.of(drug, 10 + 2 * drug, 100 * drug + 99),
  }));
  const symbols = Array.from({ length: genes }, (_, gene) => `GENE${String(gene).padStart(3, "0")}`);
  return {
    kind: "badger",
    folder: "toy",
    genes: symbols,
    rows,
    signatureIds: Array.from({ length: rows }, (_, row) => `signature ${row}`),
    labels: noise(rows * genes, 5, 3),
    labelType: "real",
    drugs,
    drugOfRow: Uint32Array.from({ length: rows }, (_, row) => (3 * row) % drugs.length),
    cells,
    cellOfRow: Uint32Array.from({ length: rows }, (_, row) => (row * row) % cells.length),
    doses: Array.from({ length: rows }, (_, row) => doses[row % 2]),
    times: Array.from({ length: rows }, () => "24 h"),
    lists: {
      cells: [...cells, "UNK"],
      drugs: [...drugs.map(({ id }) => id), "UNK"],
      doses: [...doses, "UNK"],
    },
    cellVectors: {
      file: "toy cells",
      names: cells,
      width: cellWidth,
      values: noise(cells.length * cellWidth, 6),
    },
    geneTable: { file: "toy genes", names: symbols, width: geneWidth, values: noise(genes * geneWidth, 7) },
    counts: { read: rows, selected: rows, active: rows, passed: rows, distinct: rows, usable: rows },
    skipped: [],
  };
}
