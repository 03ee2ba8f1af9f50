import type { Dataset } from "../dataset.ts";
import type { Unit } from "./types.ts";

/** Rows read at a time: a table may be larger than memory. */
const chunk = 512;

/** What evaluating has to know of the training rows. */
export interface TrainingFacts {
  /** Mean of the training rows, one an output; zeros where there are none. */
  readonly mean: Float64Array;
  /** Evaluated rows that are training rows, or repeat one of their condition value by value. */
  readonly trainedRows: number;
  /** Whether no evaluated row is of a unit that was trained on. */
  readonly heldOut: boolean;
}

/** Looks through the training rows once. */
export function trainingFacts(
  data: Dataset,
  train: Uint32Array,
  rows: Uint32Array,
  unit: Unit,
): TrainingFacts {
  const { truth, outputs } = data;
  const mean = new Float64Array(outputs.names.length);
  for (let start = 0; start < train.length; start += chunk) {
    addRows(mean, truth!.take(train.subarray(start, start + chunk)), train.length);
  }
  const key = data[unit].of;
  const units = new Set(Array.from(train, (row) => key[row]));
  return {
    mean,
    trainedRows: countTrained(data, train, rows),
    heldOut: rows.every((row) => !units.has(key[row])),
  };
}

function addRows(sums: Float64Array, values: Float32Array, rows: number): void {
  for (let i = 0; i < values.length; i++) sums[i % sums.length] += values[i] / rows;
}

function countTrained({ condition, truth }: Dataset, train: Uint32Array, rows: Uint32Array): number {
  const trained = new Set(train);
  const evaluated = new Set(Array.from(rows, (row) => condition[row]));
  const candidates = Map.groupBy(
    train.filter((row) => evaluated.has(condition[row])),
    (row) => condition[row],
  );
  return rows.filter((row) => {
    if (trained.has(row)) return true;
    const others = candidates.get(condition[row]);
    if (!others) return false;
    const own = truth!.take([row]);
    return others.some((other) => {
      const values = truth!.take([other]);
      return own.every((value, column) => value === values[column]);
    });
  }).length;
}
