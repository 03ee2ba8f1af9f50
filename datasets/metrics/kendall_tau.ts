import { descendingOrder, type Values } from "./order.ts";

/**
 * Kendall's tau-b, (C - D) / sqrt((n0 - ties of a)(n0 - ties of b)) over the n0 pairs; 0 when either list is constant.
 *
 * Knight's method: sort by a then b, and count the exchanges that a merge sort by b makes; O(n log n).
 * Source: badger.md 1.1; Knight 1966.
 *
 * @param orderOfA see `descendingOrder`; given where it is known already.
 * @throws {RangeError} when the lengths differ.
 */
export function kendallTau(a: Values, b: Values, orderOfA: Uint32Array = descendingOrder(a)): number {
  if (a.length !== b.length) throw new RangeError(`${a.length} values, expected ${b.length}.`);
  const n = a.length;
  const order = orderOfA.slice();
  // From the highest a down, and inside a tie from the highest b: the direction is no matter.
  for (let start = 0; start < n;) {
    let end = start + 1;
    while (end < n && a[order[end]] === a[order[start]]) end++;
    if (end - start > 1) order.subarray(start, end).sort((i, j) => b[j] - b[i]);
    start = end;
  }
  const tiesA = tiedPairs(n, (i, j) => a[order[i]] === a[order[j]]);
  const tiesBoth = tiedPairs(n, (i, j) => a[order[i]] === a[order[j]] && b[order[i]] === b[order[j]]);
  const values = Float64Array.from(order, (i) => -b[i]);
  const exchanges = sortCounting(values);
  const tiesB = tiedPairs(n, (i, j) => values[i] === values[j]);
  const pairs = n * (n - 1) / 2;
  const difference = pairs - tiesA - tiesB + tiesBoth - 2 * exchanges;
  const scale = Math.sqrt(pairs - tiesA) * Math.sqrt(pairs - tiesB);
  return scale === 0 ? 0 : difference / scale;
}

/** Pairs inside runs of neighbours that are equal. */
function tiedPairs(n: number, equal: (i: number, j: number) => boolean): number {
  let pairs = 0;
  for (let start = 0; start < n;) {
    let end = start + 1;
    while (end < n && equal(start, end)) end++;
    pairs += (end - start) * (end - start - 1) / 2;
    start = end;
  }
  return pairs;
}

/** Sorts ascending by merging and returns how many pairs stood the wrong way round. */
function sortCounting(values: Float64Array<ArrayBuffer>): number {
  const n = values.length;
  let exchanges = 0;
  let from = values, to = new Float64Array(n);
  for (let width = 1; width < n; width *= 2) {
    for (let start = 0; start < n; start += 2 * width) {
      const middle = Math.min(start + width, n), end = Math.min(start + 2 * width, n);
      let left = start, right = middle;
      for (let at = start; at < end; at++) {
        if (left < middle && (right >= end || from[left] <= from[right])) to[at] = from[left++];
        else {
          exchanges += middle - left;
          to[at] = from[right++];
        }
      }
    }
    [from, to] = [to, from];
  }
  if (from !== values) values.set(from);
  return exchanges;
}
