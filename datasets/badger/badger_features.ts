import type { FeatureMatrix } from "../baselines/ridge_baseline.ts";
import { type BadgerData, fingerprintBits } from "./types.ts";

/** Weight of the cell vector beside the bits: with it the reference's ridge comes out (reference-runs.md 4.2). */
const cellWeight = 3;

/**
 * Features of each row for regression: the Morgan bits of the whole molecule, then three times the cell vector where there
 * is one.
 */
export function badgerFeatures(data: BadgerData): FeatureMatrix {
  const cellWidth = data.cellVectors?.width ?? 0;
  const columns = fingerprintBits + cellWidth;
  const values = new Float32Array(data.rows * columns);
  for (let row = 0; row < data.rows; row++) {
    for (const bit of data.drugs[data.drugOfRow[row]].moleculeBits) values[row * columns + bit] = 1;
    const cell = data.cellOfRow[row];
    if (data.cellVectors) {
      const vector = data.cellVectors.values.subarray(cell * cellWidth, (cell + 1) * cellWidth);
      values.set(vector.map((value) => cellWeight * value), row * columns + fingerprintBits);
    }
  }
  return { columns, values };
}
