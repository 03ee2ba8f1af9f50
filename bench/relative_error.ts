/** Below this, single precision keeps no digits: it is 0 to a kernel. */
const smallestNormal = 2 ** -126;

/**
 * Largest difference over the largest expected magnitude; infinite when a value is missing or not finite, so that it
 * can never pass for small.
 */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Infinity;
  let difference = 0;
  let largest = 0;
  for (let i = 0; i < expected.length; i++) {
    if (!Number.isFinite(actual[i])) return Infinity;
    difference = Math.max(difference, Math.abs(actual[i] - expected[i]));
    largest = Math.max(largest, Math.abs(expected[i]));
  }
  return difference / (largest < smallestNormal ? 1 : largest);
}
