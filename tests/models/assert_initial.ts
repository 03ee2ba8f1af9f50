import assert from "node:assert/strict";
import type { ParameterSpec } from "../../engine/mod.ts";

/** What the values of a parameter should look like: all the same, or uniform within a bound. */
export type Expected = { readonly constant: number } | { readonly bound: number };

/**
 * Checks a draw against its distribution: nothing beyond the bound, and, where there are enough values to tell, a mean and a
 * deviation that a uniform draw has but for one in a million.
 */
export function assertInitial({ key }: ParameterSpec, values: Float32Array, expected: Expected): void {
  if ("constant" in expected) {
    assert(
      values.every((value) => value === expected.constant),
      `${key} is not ${expected.constant} throughout`,
    );
    return;
  }
  const { bound } = expected;
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const squares = values.reduce((sum, value) => sum + value * value, 0) / n;
  assert(values.every((value) => Math.abs(value) <= bound), `${key} exceeds ${bound}`);
  if (n < 16) return;
  // Standard errors of the mean and of the mean square of a uniform draw.
  const [meanError, squareError] = [bound / Math.sqrt(3 * n), bound * bound * Math.sqrt(4 / 45 / n)];
  assert(Math.abs(mean) < 5 * meanError, `${key}: mean ${mean}, standard error ${meanError}`);
  assert(
    Math.abs(squares - bound * bound / 3) < 5 * squareError,
    `${key}: mean square ${squares}, bound ${bound}`,
  );
}

/** Xavier-uniform bound of a matrix [out, in]. */
export function xavierBound({ shape: [out, width] }: ParameterSpec): number {
  return Math.sqrt(6 / (out + width));
}

/** Number of values of some parameters. */
export function valueCount(specs: readonly ParameterSpec[]): number {
  return specs.reduce((sum, { shape }) => sum + shape.reduce((product, extent) => product * extent, 1), 0);
}
