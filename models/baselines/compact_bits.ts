import type { RowFeatures } from "./row_features.ts";
import { cellWeight } from "./row_features.ts";

/** A feature that is not zero for few rows: the same number for all rows of a drug and cell line that have it. */
export interface SparseEntry {
  /** Column. */
  readonly column: number;
  /** Its value. */
  readonly value: number;
}

/**
 * Fingerprint bits and cell lines of the training rows as few columns as carry the same information.
 *
 * Bits that all training drugs share, or none has, are constant and get weight 0. Bits that always go together are one column
 * of square root of their number: the inner products of rows, which are all that ridge regression knows of them, stay the same.
 * Thirty drugs have about 120 distinct columns of 1024.
 */
export class CompactBits {
  /** Columns: groups of bits, then cell lines. */
  readonly columns: number;
  readonly #groups: readonly (readonly number[])[];
  readonly #groupOfBit = new Map<number, number>();
  readonly #cells: readonly number[];

  /** Groups the bits by the training drugs that have them. */
  constructor(readonly features: RowFeatures, train: Uint32Array) {
    const { data, onBits } = features;
    const drugs = new Set(Array.from(train, (row) => data.drug.of[row]));
    const having = new Map<number, number[]>();
    for (const drug of drugs) {
      for (const bit of onBits[drug]) {
        const known = having.get(bit);
        if (known) known.push(drug);
        else having.set(bit, [drug]);
      }
    }
    const varying = [...having].filter(([, some]) => some.length < drugs.size);
    this.#groups = [...Map.groupBy(varying, ([, some]) => some.join()).values()].map((group) =>
      group.map(([bit]) => bit)
    );
    this.#groups.forEach((bits, group) => bits.forEach((bit) => this.#groupOfBit.set(bit, group)));
    // What describes a cell line stands for it, as in the reference (reference-runs.md 4.2).
    const cells = new Set(data.cellFeatures ? [] : Array.from(train, (row) => data.cell.of[row]));
    this.#cells = cells.size > 1 ? [...cells] : [];
    this.columns = this.#groups.length + this.#cells.length;
  }

  /**
   * What is not zero for rows of a drug in a cell line. A drug that was not trained on can have part of a group: its bits then
   * count each by itself, as they would uncompacted.
   */
  entries(drug: number, cell: number): SparseEntry[] {
    const counts = new Map<number, number>();
    for (const bit of this.features.onBits[drug]) {
      const group = this.#groupOfBit.get(bit);
      if (group !== undefined) counts.set(group, (counts.get(group) ?? 0) + 1);
    }
    const entries = [...counts].map(([group, count]) => ({
      column: group,
      value: count / Math.sqrt(this.#groups[group].length),
    }));
    const place = this.#cells.indexOf(cell);
    if (place >= 0) entries.push({ column: this.#groups.length + place, value: cellWeight });
    return entries;
  }

  /**
   * Weights of all bits, and of the training cell lines, from those of the columns: `columns` x outputs, row-major. One drug in one
   * cell line has no column: nothing tells its rows apart.
   */
  expand(
    weights: Float64Array,
    outputs: number,
  ): { bits: Float32Array<ArrayBuffer>; cells: Map<number, Float64Array> } {
    const bits = new Float32Array(this.features.bits * outputs);
    const of = (column: number) => weights.subarray(column * outputs, (column + 1) * outputs);
    this.#groups.forEach((group, column) => {
      const share = of(column).map((weight) => weight / Math.sqrt(group.length));
      for (const bit of group) bits.set(share, bit * outputs);
    });
    const first = this.#groups.length;
    return { bits, cells: new Map(this.#cells.map((cell, k) => [cell, of(first + k)])) };
  }
}
