/**
 * Benjamini-Hochberg adjusted p-values in the order given: min over ranks j >= i of p_(j) n / j, at most 1.
 *
 * Source: csg2a.md 6.8.
 *
 * @example
 * ```ts
 * benjaminiHochberg([0.01, 0.04]); // 0.02, 0.04
 * ```
 */
export function benjaminiHochberg(pValues: ArrayLike<number>): Float64Array<ArrayBuffer> {
  const n = pValues.length;
  const order = Array.from({ length: n }, (_, i) => i).sort((a, b) => pValues[b] - pValues[a]);
  const adjusted = new Float64Array(n);
  let least = 1;
  order.forEach((test, fromTop) => {
    least = Math.min(least, pValues[test] * n / (n - fromTop));
    adjusted[test] = least;
  });
  return adjusted;
}
