/** A pair of a map and its weight. */
export interface RankedPair {
  readonly row: number;
  readonly column: number;
  readonly weight: number;
}

/**
 * The `count` heaviest pairs of a map [rows, columns], heaviest first; ties in the order of the map.
 *
 * @param wanted leaves pairs out, such as the diagonal
 */
export function topPairs(
  map: Float32Array,
  columns: number,
  count: number,
  wanted: (row: number, column: number) => boolean = () => true,
): RankedPair[] {
  const top: RankedPair[] = [];
  for (let i = 0; i < map.length; i++) {
    const weight = map[i];
    if (top.length === count && !(weight > (top.at(-1)?.weight ?? Infinity))) continue;
    const [row, column] = [Math.floor(i / columns), i % columns];
    if (count === 0 || !wanted(row, column)) continue;
    let low = 0, high = top.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (top[middle].weight >= weight) low = middle + 1;
      else high = middle;
    }
    top.splice(low, 0, { row, column, weight });
    if (top.length > count) top.pop();
  }
  return top;
}
