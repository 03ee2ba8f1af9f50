/** Which entries of two maps are correlated: all, or all but the diagonal, which is shared by construction. */
export type MapEntries = "full" | "off-diagonal";

/**
 * Pearson correlation of two gene-gene maps (csg2a.md 4.4); with `without` (dense, the interaction graph) taken off both, since it is
 * part of every map and raises every correlation.
 *
 * @returns NaN where a map is constant.
 */
export function mapCorrelation(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  genes: number,
  entries: MapEntries = "full",
  without?: ArrayLike<number>,
): number {
  let n = 0, sumA = 0, sumB = 0;
  const each = (visit: (x: number, y: number) => void) => {
    for (let at = 0; at < genes * genes; at++) {
      if (entries === "off-diagonal" && at % (genes + 1) === 0) continue;
      const taken = without?.[at] ?? 0;
      visit(a[at] - taken, b[at] - taken);
    }
  };
  each((x, y) => (n++, sumA += x, sumB += y));
  const meanA = sumA / n, meanB = sumB / n;
  let products = 0, squaresA = 0, squaresB = 0;
  each((x, y) => {
    products += (x - meanA) * (y - meanB);
    squaresA += (x - meanA) ** 2;
    squaresB += (y - meanB) ** 2;
  });
  return products / Math.sqrt(squaresA * squaresB);
}
