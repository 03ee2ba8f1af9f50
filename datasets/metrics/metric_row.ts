import { ascendingOrder, averageRanks, descendingOrder, ranksOf } from "./order.ts";

/** A list of numbers with its orders, each made when first asked for: many metrics share one sort. */
export class RankedList {
  #order?: Uint32Array;
  #ascending?: Uint32Array;
  #byMagnitude?: Uint32Array;
  #ranks?: Uint32Array;
  #ascendingRanks?: Uint32Array;
  #magnitudeRanks?: Uint32Array;
  #averageRanks?: Float64Array;

  /** Numbers in order of the outputs. */
  constructor(readonly values: Float32Array) {}

  /** Positions from the highest value down. */
  get order(): Uint32Array {
    return this.#order ??= descendingOrder(this.values);
  }

  /** Positions from the lowest value up. */
  get ascending(): Uint32Array {
    return this.#ascending ??= ascendingOrder(this.values, this.order);
  }

  /** Positions from the largest magnitude down, ties to the lower position. */
  get byMagnitude(): Uint32Array {
    return this.#byMagnitude ??= descendingOrder(this.values.map(Math.abs));
  }

  /** Place of each position in `order`, 0 for the highest. */
  get ranks(): Uint32Array {
    return this.#ranks ??= ranksOf(this.order);
  }

  /** Place of each position in `ascending`. */
  get ascendingRanks(): Uint32Array {
    return this.#ascendingRanks ??= ranksOf(this.ascending);
  }

  /** Place of each position in `byMagnitude`. */
  get magnitudeRanks(): Uint32Array {
    return this.#magnitudeRanks ??= ranksOf(this.byMagnitude);
  }

  /** See `averageRanks`. */
  get averageRanks(): Float64Array {
    return this.#averageRanks ??= averageRanks(this.values, this.order);
  }
}

/** The truth of one row, the same for every prediction. */
export class TrueRow {
  /** As measured. */
  readonly values: RankedList;
  /** Against the control; the values themselves where they are changes. */
  readonly change: RankedList;
  #weights?: Float64Array;
  #deviation?: Float64Array;

  /**
   * The truth of a row.
   *
   * @param values as measured. @param change against the control; `values` themselves where they are changes.
   * @param trainingMean mean of the training rows; zeros where there are none.
   * @param rivals true values of other drugs in the same cell line.
   */
  constructor(
    values: Float32Array,
    change: Float32Array,
    readonly trainingMean: ArrayLike<number>,
    readonly rivals: readonly Float32Array[],
  ) {
    this.values = new RankedList(values);
    this.change = change === values ? this.values : new RankedList(change);
  }

  /** Change against the training mean. */
  get deviation(): Float64Array {
    return this.#deviation ??= deviationOf(this.values.values, this.trainingMean);
  }

  /**
   * Weight of each gene: ((|y - R| - min) / (max - min))², made to sum to 1, with y the truth and R the training mean; all
   * equal where |y - R| is. Source: kg-gat.md 10.3.
   */
  get weights(): Float64Array {
    return this.#weights ??= weightsOf(this.deviation);
  }
}

function deviationOf(values: Float32Array, trainingMean: ArrayLike<number>): Float64Array {
  const deviation = new Float64Array(values.length);
  for (let gene = 0; gene < values.length; gene++) deviation[gene] = values[gene] - trainingMean[gene];
  return deviation;
}

function weightsOf(deviation: Float64Array): Float64Array {
  const weights = deviation.map(Math.abs);
  let least = Infinity, most = -Infinity;
  for (const weight of weights) {
    least = Math.min(least, weight);
    most = Math.max(most, weight);
  }
  if (most === least) return weights.fill(1 / weights.length);
  let sum = 0;
  weights.forEach((weight, gene) => sum += weights[gene] = ((weight - least) / (most - least)) ** 2);
  return weights.map((weight) => weight / sum);
}

/**
 * How many rivals are nearer to a prediction than its own truth is. By the values themselves, not by changes: a row's own control is
 * part of its change on both sides, and its noise would tell the row from all others.
 */
export interface Nearer {
  /** By the sum of absolute differences. */
  readonly l1: number;
  /** By the Euclidean distance. */
  readonly l2: number;
  /** Of changes against the training mean; as near as the truth counts half, so that no change at all finds nobody. */
  readonly cosine: number;
  /** At the same Euclidean distance as the truth or nearer. */
  readonly l2OrEqual: number;
}

/** One row of one prediction, as the metrics look at it. */
export class MetricRow {
  /** As predicted. */
  readonly values: RankedList;
  /** Against the control. */
  readonly change: RankedList;
  #nearer?: Nearer;
  #deviation?: Float64Array;

  /**
   * A row of a prediction.
   *
   * @param values as predicted. @param change against the control; `values` themselves where they are changes.
   */
  constructor(readonly truth: TrueRow, values: Float32Array, change: Float32Array) {
    this.values = new RankedList(values);
    this.change = change === values ? this.values : new RankedList(change);
  }

  /**
   * Predicted change against the training mean; all zero where it is that mean, rounded to float32: what rounding
   * leaves has a correlation by chance.
   */
  get deviation(): Float64Array {
    return this.#deviation ??= this.#deviate();
  }

  #deviate(): Float64Array {
    const deviation = deviationOf(this.values.values, this.truth.trainingMean);
    let largest = 0, farthest = 0;
    for (const value of this.values.values) largest = Math.max(largest, Math.abs(value));
    for (const value of deviation) farthest = Math.max(farthest, Math.abs(value));
    return farthest <= 1e-6 * largest ? deviation.fill(0) : deviation;
  }

  /** See `Nearer`; all three distances come from one pass. */
  get nearer(): Nearer {
    return this.#nearer ??= this.#countNearer();
  }

  #countNearer(): Nearer {
    const own = this.#distances(this.truth.values.values);
    let l1 = 0, l2 = 0, cosine = 0, l2OrEqual = 0;
    for (const rival of this.truth.rivals) {
      const other = this.#distances(rival);
      if (other.l1 < own.l1) l1++;
      if (other.l2 < own.l2) l2++;
      if (other.l2 <= own.l2) l2OrEqual++;
      cosine += other.cosine < own.cosine ? 1 : other.cosine === own.cosine ? 0.5 : 0;
    }
    return { l1, l2, cosine, l2OrEqual };
  }

  /** L1, squared L2, and 1 - cosine (1 where a side is zero) to a true row. */
  #distances(truth: Float32Array): { l1: number; l2: number; cosine: number } {
    const values = this.values.values, deviation = this.deviation, { trainingMean } = this.truth;
    let l1 = 0, l2 = 0, aa = 0, bb = 0, ab = 0;
    for (let i = 0; i < values.length; i++) {
      const difference = values[i] - truth[i], x = deviation[i], y = truth[i] - trainingMean[i];
      l1 += Math.abs(difference);
      l2 += difference * difference;
      aa += x * x;
      bb += y * y;
      ab += x * y;
    }
    return { l1, l2, cosine: aa === 0 || bb === 0 ? 1 : 1 - ab / Math.sqrt(aa * bb) };
  }
}
