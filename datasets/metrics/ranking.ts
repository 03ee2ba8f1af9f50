import { descendingOrder, type Values } from "./order.ts";

export { descendingOrder, ranksOf } from "./order.ts";

/**
 * Metrics of one ranking of genes: truth y and score s of one signature. Ranks run from the highest value down; for the
 * down-regulated end pass -y and -s. Source: badger.md 1.1.
 */

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
 *
 * @param scoreOrder see `descendingOrder`; given where it is known already, as is `truthOrder`.
 */
export function ndcg(
  score: Values,
  truth: Values,
  scoreOrder: Uint32Array = descendingOrder(score),
  truthOrder: Uint32Array = descendingOrder(truth),
): number {
  const count = truth.length;
  const discounts = cumulativeDiscounts(count);
  let found = 0;
  for (let start = 0; start < count;) {
    // Everything from the first score that is not above 0 is one tie.
    const value = score[scoreOrder[start]];
    let end = start, gains = 0;
    while (end < count && (value > 0 ? score[scoreOrder[end]] === value : true)) {
      gains += Math.max(truth[scoreOrder[end++]], 0);
    }
    found += gains / (end - start) * (discounts[end] - discounts[start]);
    start = end;
  }
  let ideal = 0;
  for (let rank = 0; rank < count && truth[truthOrder[rank]] > 0; rank++) {
    ideal += truth[truthOrder[rank]] * (discounts[rank + 1] - discounts[rank]);
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
export function averagePrecision(
  score: Values,
  positive: ArrayLike<number>,
  order: Uint32Array = descendingOrder(score),
): number {
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
