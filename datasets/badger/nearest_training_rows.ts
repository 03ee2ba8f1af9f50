import type { Split } from "../types.ts";
import type { BadgerData, OnBits } from "./types.ts";

/** |A ∩ B| / |A ∪ B| of two sets of bits. */
export function tanimoto(a: OnBits, b: OnBits): number {
  const known = new Set(a);
  const common = b.reduce((sum, bit) => sum + (known.has(bit) ? 1 : 0), 0);
  return common / (a.length + b.length - common);
}

/**
 * For every test row the `count` nearest training rows, nearest first: by Tanimoto similarity of the whole molecules (drugs
 * of one name count as 1), then by cosine of the cell vectors, then in file order (reference-runs.md 4.1).
 */
export function nearestTrainingRows(data: BadgerData, { train, test }: Split, count: number): number[][] {
  const drugs = table(
    data.drugs.length,
    (a, b) =>
      data.drugs[a].name === data.drugs[b].name
        ? 1
        : tanimoto(data.drugs[a].moleculeBits, data.drugs[b].moleculeBits),
  );
  const { cellVectors } = data;
  const vector = (cell: number) =>
    cellVectors!.values.subarray(cell * cellVectors!.width, (cell + 1) * cellVectors!.width);
  const cells = table(
    data.cells.length,
    (a, b) => cellVectors ? cosine(vector(a), vector(b)) : Number(a === b),
  );
  return Array.from(test, (row) => {
    const byDrug = drugs[data.drugOfRow[row]], byCell = cells[data.cellOfRow[row]];
    return Array.from(train).sort((a, b) =>
      byDrug[data.drugOfRow[b]] - byDrug[data.drugOfRow[a]] ||
      byCell[data.cellOfRow[b]] - byCell[data.cellOfRow[a]] || a - b
    ).slice(0, count);
  });
}

function table(count: number, similarity: (a: number, b: number) => number): number[][] {
  return Array.from({ length: count }, (_, a) => Array.from({ length: count }, (_, b) => similarity(a, b)));
}

function cosine(a: Float32Array, b: Float32Array): number {
  let ab = 0, aa = 0, bb = 0;
  for (let i = 0; i < a.length; i++) {
    ab += a[i] * b[i];
    aa += a[i] * a[i];
    bb += b[i] * b[i];
  }
  return ab === 0 ? 0 : ab / Math.sqrt(aa * bb);
}
