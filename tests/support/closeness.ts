/** Largest |found - expected| over the largest |expected| (at least `floor`); Infinity for anything not finite. */
export function relativeError(found: ArrayLike<number>, expected: ArrayLike<number>, floor = 1e-30): number {
  if (found.length !== expected.length) return Infinity;
  let worst = 0, largest = floor;
  for (let i = 0; i < expected.length; i++) {
    const error = Math.abs(found[i] - expected[i]);
    if (!(error <= worst)) worst = Number.isFinite(error) ? error : Infinity;
    largest = Math.max(largest, Math.abs(expected[i]));
  }
  return worst / largest;
}

/** Uniform random numbers in [-reach, reach), the same for the same seed. */
export function noise(count: number, seed: number, reach = 1): Float32Array<ArrayBuffer> {
  const values = new Float32Array(count);
  let state = (seed * 2654435761) >>> 0;
  for (let i = 0; i < count; i++) {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    values[i] = reach * (((x ^ (x >>> 14)) >>> 0) / 2 ** 31 - 1);
  }
  return values;
}
