import { kendallTau } from "./kendall_tau.ts";
import { meanPearsonPerRow, meanSpearmanPerRow, rootMeanSquaredError, type Values } from "./metrics.ts";
import { averagePrecision, descendingOrder, ndcg, ranksOf, topOverlap } from "./ranking.ts";

/** How many genes count as the top of a ranking. */
export interface RankingCutoffs {
  /** Sizes k of the top of the score. */
  readonly k: readonly number[];
  /** Size of the top of the truth in precision@k and map, the same for all k. */
  readonly truthTop: number;
}

/** The released cutoffs (k of 10, 50, 100, 200, truth 200); fewer than 400 genes: quarters and halves of them. */
export function rankingCutoffs(genes: number): RankingCutoffs {
  if (genes >= 400) return { k: [10, 50, 100, 200], truthTop: 200 };
  const half = Math.max(1, Math.floor(genes / 2));
  return { k: [...new Set([Math.min(10, half), Math.max(1, Math.floor(genes / 4)), half])], truthTop: half };
}

/** Metrics of one end of the ranking; each a mean over signatures. Entries of the lists belong to the cutoffs `k`. */
export interface RankingEnd {
  /** See `ndcg`. */
  readonly ndcg: number;
  /** |top k of the score ∩ top `truthTop` of the truth| / k. */
  readonly precision: readonly number[];
  /** Average precision with the top `truthTop` of the truth as positives. */
  readonly map: number;
  /** |top k ∩ top k| / k. */
  readonly hitRatio: readonly number[];
  /** |top k ∩ top k| / |top k ∪ top k|. */
  readonly jaccard: readonly number[];
}

/** Every metric of badger.md 1.1 on gene values; pathway attention has its own. */
export interface RankingSummary {
  /** The cutoffs used. */
  readonly cutoffs: RankingCutoffs;
  /** Up-regulated genes. */
  readonly up: RankingEnd;
  /** Down-regulated genes: the same with both signs turned. */
  readonly down: RankingEnd;
  /** Strongest changes of either sign: overlaps of the top k by magnitude. */
  readonly magnitude: Pick<RankingEnd, "hitRatio" | "jaccard">;
  /** Root mean square over all entries. */
  readonly rmse: number;
  /** Kendall's tau-b, mean over signatures. */
  readonly kendallTau: number;
  /** Pearson within a signature, mean over signatures, a constant row counting as 0. */
  readonly pearson: number;
  /** Spearman within a signature, mean over signatures. */
  readonly spearman: number;
}

/**
 * All ranking metrics of a signatures x genes prediction. Hit ratio and Jaccard are the intended ones, by the highest
 * values; the release computes them on the lowest (badger.md 1.1).
 *
 * @throws {RangeError} when the lengths differ or are no whole number of rows.
 */
export function summariseRanking(
  prediction: Values,
  truth: Values,
  genes: number,
  cutoffs: RankingCutoffs = rankingCutoffs(genes),
): RankingSummary {
  const rows = truth.length / genes;
  const up = new EndSums(cutoffs), down = new EndSums(cutoffs), magnitude = new EndSums(cutoffs);
  let tau = 0;
  for (let row = 0; row < rows; row++) {
    const s = Float64Array.from(prediction.slice(row * genes, (row + 1) * genes));
    const y = Float64Array.from(truth.slice(row * genes, (row + 1) * genes));
    up.add(s, y);
    down.add(s.map((value) => -value), y.map((value) => -value));
    magnitude.addOverlaps(descendingOrder(s.map(Math.abs)), ranksOf(descendingOrder(y.map(Math.abs))));
    tau += kendallTau(s, y);
  }
  return {
    cutoffs,
    up: up.mean(rows),
    down: down.mean(rows),
    magnitude: { hitRatio: magnitude.mean(rows).hitRatio, jaccard: magnitude.mean(rows).jaccard },
    rmse: rootMeanSquaredError(prediction, truth),
    kendallTau: tau / rows,
    pearson: meanPearsonPerRow(prediction, truth, genes),
    spearman: meanSpearmanPerRow(prediction, truth, genes),
  };
}

/** Sums over signatures of what `RankingEnd` averages. */
class EndSums {
  readonly #cutoffs: RankingCutoffs;
  readonly #precision: Float64Array;
  readonly #hitRatio: Float64Array;
  readonly #jaccard: Float64Array;
  #ndcg = 0;
  #map = 0;

  constructor(cutoffs: RankingCutoffs) {
    this.#cutoffs = cutoffs;
    this.#precision = new Float64Array(cutoffs.k.length);
    this.#hitRatio = new Float64Array(cutoffs.k.length);
    this.#jaccard = new Float64Array(cutoffs.k.length);
  }

  add(score: Float64Array, truth: Float64Array): void {
    const { k, truthTop } = this.#cutoffs;
    const scoreOrder = descendingOrder(score), truthOrder = descendingOrder(truth);
    const truthRank = ranksOf(truthOrder);
    this.addOverlaps(scoreOrder, truthRank);
    k.forEach((top, place) => {
      this.#precision[place] += topOverlap(scoreOrder, truthRank, top, truthTop).precision;
    });
    this.#ndcg += ndcg(score, truth);
    const positive = new Uint8Array(truth.length);
    for (const gene of truthOrder.subarray(0, truthTop)) positive[gene] = 1;
    this.#map += averagePrecision(score, positive);
  }

  addOverlaps(scoreOrder: Uint32Array, truthRank: Uint32Array): void {
    this.#cutoffs.k.forEach((top, place) => {
      const { precision, jaccard } = topOverlap(scoreOrder, truthRank, top, top);
      this.#hitRatio[place] += precision;
      this.#jaccard[place] += jaccard;
    });
  }

  mean(rows: number): RankingEnd {
    const over = (sums: Float64Array) => Array.from(sums, (sum) => sum / rows);
    return {
      ndcg: this.#ndcg / rows,
      precision: over(this.#precision),
      map: this.#map / rows,
      hitRatio: over(this.#hitRatio),
      jaccard: over(this.#jaccard),
    };
  }
}
