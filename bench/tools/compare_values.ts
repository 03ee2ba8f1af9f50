import type { HostArray } from "../../engine/mod.ts";

/** How far values are from those captured. */
export interface Difference {
  /** Every bit is the same. */
  readonly identical: boolean;
  /** Largest difference over the largest captured magnitude; infinite where one is finite and the other is not. */
  readonly error: number;
  /** Element with the largest difference. */
  readonly worst: number;
}

/** Compares what a kernel wrote with what was captured. Integers are equal or infinitely wrong. */
export function compareValues(actual: HostArray, expected: HostArray): Difference {
  const [left, right] = [new Uint32Array(actual.buffer), new Uint32Array(expected.buffer)];
  let [largest, difference, worst, identical] = [0, 0, 0, actual.length === expected.length];
  for (let i = 0; i < expected.length; i++) {
    const value = expected[i];
    if (Number.isFinite(value)) largest = Math.max(largest, Math.abs(value));
    if (left[i] === right[i]) continue;
    identical = false;
    if (Number.isNaN(value) && Number.isNaN(actual[i])) continue;
    const gap = expected instanceof Float32Array ? Math.abs(actual[i] - value) : Infinity;
    const distance = Number.isNaN(gap) ? Infinity : gap;
    if (distance > difference) [difference, worst] = [distance, i];
  }
  return { identical, error: difference / (largest || 1), worst };
}
