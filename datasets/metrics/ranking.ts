import type { Values } from "./metrics.ts";

/**
 * Metrics of one ranking of genes: truth y and score s of one signature. Ranks run from the highest value down; for the
 * down-regulated end pass -y and -s. Source: badger.md 1.1.
 */

/** Lists up to this long have their positions packed beside 32-bit keys into the 53 bits of a float64. */
const packedLimit = 2 ** 20;

/**
 * Positions of the values from the highest down, equal ones in their order.
 *
 * Values that are float32 numbers are sorted as packed (key, position) pairs without a comparison function, several times
 * faster; the order is the same.
 */
export function descendingOrder(values: Values): Uint32Array<ArrayBuffer> {
  const count = values.length;
  // Turned over and with -0 made 0, so that ascending keys are descending values and both zeros tie.
  const turned = new Float32Array(count);
  let exact = count <= packedLimit;
  for (let i = 0; i < count; i++) {
    const value = 0 - values[i];
    turned[i] = value;
    if (turned[i] !== value) exact = false;
  }
  if (!exact) {
    return Uint32Array.from({ length: count }, (_, i) => i).sort((a, b) => values[b] - values[a] || a - b);
  }
  const bits = new Uint32Array(turned.buffer);
  const packed = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    // Bits of a float32 grow with its magnitude: negative ones are turned over, positive ones put above them.
    const key = bits[i] & 0x80000000 ? ~bits[i] >>> 0 : (bits[i] | 0x80000000) >>> 0;
    packed[i] = key * packedLimit + i;
  }
  packed.sort();
  const order = new Uint32Array(count);
  for (let i = 0; i < count; i++) order[i] = packed[i] % packedLimit;
  return order;
}

/** Rank of every position, 0 for the highest: the inverse of an order. */
export function ranksOf(order: Uint32Array): Uint32Array<ArrayBuffer> {
  const ranks = new Uint32Array(order.length);
  order.forEach((position, rank) => ranks[position] = rank);
  return ranks;
}

/** Values and rank discounts that are the same for every row are computed once. */
const discountSums = new Map<number, Float64Array>();

/** Entry r is Σ 1 / log2(k + 1) over the ranks k = 1 .. r. */
function cumulativeDiscounts(count: number): Float64Array {
  let sums = discountSums.get(count);
  if (!sums) {
    sums = new Float64Array(count + 1);
    for (let rank = 1; rank <= count; rank++) sums[rank] = sums[rank - 1] + 1 / Math.log2(rank + 1);
    discountSums.set(count, sums);
  }
  return sums;
}

/**
 * Normalised discounted cumulative gain over all positions, linear gain, negative values clipped to 0 on both sides; equal
 * scores share the mean of the gains and discounts of their ranks. 0 when no truth is positive.
 *
 * Clipping makes all negative scores equal, so the averaging matters. Predicting 0 everywhere already scores well above 0:
 * print that floor beside it.
 */
export function ndcg(score: Values, truth: Values): number {
  const count = truth.length;
  const discounts = cumulativeDiscounts(count);
  const gain = new Float64Array(count), clipped = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    gain[i] = Math.max(truth[i], 0);
    clipped[i] = Math.max(score[i], 0);
  }
  const order = descendingOrder(clipped);
  let found = 0;
  for (let start = 0; start < count;) {
    let end = start, gains = 0;
    while (end < count && clipped[order[end]] === clipped[order[start]]) gains += gain[order[end++]];
    found += gains / (end - start) * (discounts[end] - discounts[start]);
    start = end;
  }
  const sorted = gain.sort();
  let ideal = 0;
  for (let rank = 1; rank <= count; rank++) {
    ideal += sorted[count - rank] * (discounts[rank] - discounts[rank - 1]);
  }
  return ideal === 0 ? 0 : found / ideal;
}

/** Shares of the highest scores in the highest truths. */
export interface TopOverlap {
  /** |A ∩ B| / top of the score. */
  readonly precision: number;
  /** |A ∩ B| / |A ∪ B|. */
  readonly jaccard: number;
}

/**
 * Overlap of the `scoreTop` highest scores with the `truthTop` highest truths; ties broken by position.
 *
 * @param scoreOrder see `descendingOrder`. @param truthRank see `ranksOf`.
 */
export function topOverlap(
  scoreOrder: Uint32Array,
  truthRank: Uint32Array,
  scoreTop: number,
  truthTop: number,
): TopOverlap {
  let common = 0;
  for (let place = 0; place < Math.min(scoreTop, scoreOrder.length); place++) {
    if (truthRank[scoreOrder[place]] < truthTop) common++;
  }
  return { precision: common / scoreTop, jaccard: common / (scoreTop + truthTop - common) };
}

/**
 * Average precision, Σ (R_j - R_{j-1}) P_j over the distinct scores from the highest down; NaN without a positive.
 *
 * @param positive 1 for a position to be found.
 */
export function averagePrecision(score: Values, positive: ArrayLike<number>): number {
  const order = descendingOrder(score);
  const total = Array.from(positive).filter((flag) => flag > 0).length;
  let hits = 0, sum = 0;
  for (let start = 0; start < order.length;) {
    let end = start, found = 0;
    while (end < order.length && score[order[end]] === score[order[start]]) {
      if (positive[order[end++]] > 0) found++;
    }
    hits += found;
    sum += found / total * (hits / end);
    start = end;
  }
  return total === 0 ? NaN : sum;
}

/** Area under the ROC curve, ties counting half; NaN unless both classes are there. */
export function areaUnderRoc(score: Values, positive: ArrayLike<number>): number {
  const order = descendingOrder(score);
  let above = 0, area = 0, negatives = 0;
  for (let start = 0; start < order.length;) {
    let end = start, found = 0;
    while (end < order.length && score[order[end]] === score[order[start]]) {
      if (positive[order[end++]] > 0) found++;
    }
    const others = end - start - found;
    area += others * (above + found / 2);
    above += found;
    negatives += others;
    start = end;
  }
  return area / (above * negatives);
}
