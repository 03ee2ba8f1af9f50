import type { Dataset } from "../../datasets/dataset.ts";
import { Chemistry } from "../../datasets/molecules/chemistry.ts";
import { type OnBits, onBits } from "../../datasets/molecules/fingerprint.ts";

/** Weights by which the reference makes the kinds of features comparable (reference-runs.md 2.1). */
export const doseWeight = 3, timeWeight = 1 / 8, cellWeight = 5, cellFeatureWeight = 3;

/**
 * Numbers that a linear model sees of a row: the Morgan bits of the drug's parent structure (none without one), 3 log10 of the
 * dose in µM, hours / 8, the basal profile where the layout has one, and three times what describes the cell line, or 5 in a
 * column of its own.
 */
export class RowFeatures {
  private constructor(
    readonly data: Dataset,
    /** Length of the fingerprints. */
    readonly bits: number,
    /** Bits that are set, one list a drug. */
    readonly onBits: readonly OnBits[],
  ) {}

  /** Computes the fingerprints of the data's drugs. */
  static async of(data: Dataset, bits: number): Promise<RowFeatures> {
    const chemistry = await Chemistry.load();
    return new RowFeatures(
      data,
      bits,
      data.structures.map((smiles) =>
        smiles === "" ? new Uint16Array() : onBits(chemistry.morganBits(smiles, 2, bits))
      ),
    );
  }

  /** Dose, time, then one a gene of the basal profile and one a number that describes the cell line. */
  get denseColumns(): number {
    const { basal, cellFeatures } = this.data;
    return 2 + (basal?.columns ?? 0) + (cellFeatures?.columns ?? 0);
  }

  /** Dose (NaN where unknown), time, basal profile, cell line: rows x {@link denseColumns}. */
  dense(rows: Uint32Array): Float64Array {
    const { data: { dose, time, basal, cellFeatures }, denseColumns } = this;
    const values = new Float64Array(rows.length * denseColumns);
    const profiles = basal?.take(rows);
    const cells = cellFeatures?.take(rows).map((value) => cellFeatureWeight * value);
    rows.forEach((row, k) => {
      const at = k * denseColumns;
      // A dose of nothing has no logarithm: it counts as unknown.
      values[at] = dose[row] > 0 ? doseWeight * Math.log10(dose[row]) : NaN;
      values[at + 1] = timeWeight * time[row];
      if (cells) {
        const own = cells.subarray(k * cellFeatures!.columns, (k + 1) * cellFeatures!.columns);
        values.set(own, at + denseColumns - own.length);
      }
      if (profiles) values.set(profiles.subarray(k * basal!.columns, (k + 1) * basal!.columns), at + 2);
    });
    return values;
  }
}
