import type { SampleTable } from "../types.ts";

/** Rows grouped by condition. */
export interface Conditions {
  /** How many conditions there are. */
  readonly count: number;
  /** Condition of every row, numbered by first appearance. */
  readonly ofRow: Uint32Array<ArrayBuffer>;
}

/** Groups rows into conditions: the same drug, cell line, dose and time. Rows of one condition are its replicates. */
export function conditionsOf(samples: SampleTable): Conditions {
  const numbers = new Map<string, number>();
  const ofRow = new Uint32Array(samples.rows);
  for (let row = 0; row < samples.rows; row++) {
    const cell = samples.cells?.[row] ?? "";
    const key = `${samples.drugOfRow[row]}\t${cell}\t${samples.dose[row]}\t${samples.time[row]}`;
    if (!numbers.has(key)) numbers.set(key, numbers.size);
    ofRow[row] = numbers.get(key)!;
  }
  return { count: numbers.size, ofRow };
}
