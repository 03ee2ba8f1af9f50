/** C = A B in float64, for row-major arrays that may be transposed: a [m, k] or [k, m], b [k, n] or [n, k]. */
export function referenceMatmul(
  { m, n, k }: { readonly m: number; readonly n: number; readonly k: number },
  a: ArrayLike<number>,
  transposeA: boolean,
  b: ArrayLike<number>,
  transposeB: boolean,
): Float64Array {
  const c = new Float64Array(m * n);
  // Columns of B first made contiguous: the inner loop then runs at memory speed whatever the layout.
  const columns = new Float64Array(n * k);
  for (let j = 0; j < n; j++) {
    for (let s = 0; s < k; s++) columns[j * k + s] = transposeB ? b[j * k + s] : b[s * n + j];
  }
  const row = new Float64Array(k);
  for (let i = 0; i < m; i++) {
    for (let s = 0; s < k; s++) row[s] = transposeA ? a[s * m + i] : a[i * k + s];
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let s = 0, at = j * k; s < k; s++, at++) sum += row[s] * columns[at];
      c[i * n + j] = sum;
    }
  }
  return c;
}
