import assert from "node:assert/strict";

/** How near is near enough. */
export interface Closeness {
  /** Allowed difference over the largest expected magnitude. */
  readonly tolerance: number;
  /** Allowed in any case, for values that should be zero. */
  readonly absolute?: number | undefined;
}

/** Fails when two arrays differ by more than the tolerance, naming the worst place. A value that is not finite always fails. */
export function assertClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  what: string,
  { tolerance, absolute = 1e-30 }: Closeness,
): void {
  assert.equal(actual.length, expected.length, `${what}: number of values`);
  let largest = 0;
  let worst = -1;
  let difference = -1;
  for (let i = 0; i < expected.length; i++) {
    largest = Math.max(largest, Math.abs(expected[i]));
    const here = Number.isFinite(actual[i]) ? Math.abs(actual[i] - expected[i]) : Infinity;
    if (here > difference) [worst, difference] = [i, here];
  }
  if (difference <= Math.max(absolute, tolerance * largest)) return;
  assert.fail(
    `${what}: element ${worst} of ${expected.length} is ${actual[worst]}, expected ${expected[worst]}; ` +
      `off by ${
        (difference / largest).toExponential(2)
      } of the largest magnitude ${largest}, ${tolerance} allowed`,
  );
}
