/** How often each item is among the highest and among the lowest labels of a row. */
export interface ExtremeCounts {
  /** By item: rows in which it is among the highest. */
  readonly top: ArrayLike<number>;
  /** By item: rows in which it is among the lowest. */
  readonly bottom: ArrayLike<number>;
  /** Rows counted. */
  readonly rows: number;
}

/** Labels of a row that count as extreme: in a batch's weights, and in the training set's (badger.md 3.1, 4.6). */
export const extremeLabels = { batch: 50, training: 200 } as const;

/** Rules of the weights from training counts. */
export const itemWeightings = ["idf", "idf_max", "idf_max_modified", "idf_prob", "skewed_normal"] as const;
/** One of them. */
export type ItemWeighting = typeof itemWeightings[number];

/** The batch's weights: half of 3.85 / (1 + e^count) for either end, 0 for an item that is at that end of no row. */
export function batchItemWeights({ top, bottom }: ExtremeCounts): Float32Array<ArrayBuffer> {
  const weight = (count: number) => count > 0 ? 3.85 / (1 + Math.exp(count)) : 0;
  return Float32Array.from(top, (count, i) => (weight(count) + weight(bottom[i])) / 2);
}

/**
 * Weights from training counts: the mean of both ends' weights, which is what the released losses average.
 *
 * @throws {RangeError} when a weight is not finite, as for "idf_prob" where an item is extreme in every row
 */
export function trainItemWeights(weighting: ItemWeighting, counts: ExtremeCounts): Float32Array<ArrayBuffer> {
  const [top, bottom] = [counts.top, counts.bottom].map((ends) =>
    endWeights(weighting, Float64Array.from(ends), counts.rows)
  );
  return Float32Array.from(top, (weight, i) => {
    const mean = (weight + bottom[i]) / 2;
    if (Number.isFinite(mean)) return mean;
    throw new RangeError(
      `weighting "${weighting}" gives item ${i} the weight ${mean}: it is among the highest labels of ` +
        `${counts.top[i]} and the lowest of ${
          counts.bottom[i]
        } of ${counts.rows} rows; choose another weighting.`,
    );
  });
}

function endWeights(weighting: ItemWeighting, counts: Float64Array, rows: number): Float64Array {
  const most = counts.reduce((largest, count) => Math.max(largest, count), 0);
  if (weighting === "idf") return counts.map((count) => Math.log(rows / (count + 1)));
  if (weighting === "idf_max") return counts.map((count) => Math.log(most / (count + 1)));
  if (weighting === "idf_max_modified") return counts.map((count) => Math.log(1 / (count / most + 1)));
  if (weighting === "idf_prob") return counts.map((count) => Math.log((rows - count) / (count + 1)));
  const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / counts.length;
  return counts.map((count) => {
    const t = (count - mean) / Math.sqrt(variance);
    return 2 * normalDensity(t) * normalDistribution(-0.25 * t);
  });
}

function normalDensity(x: number): number {
  return Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
}

/** The series 1/2 + density (x + x^3/3 + x^5/15 + ..), to double precision for the arguments met here (|x| < 6). */
function normalDistribution(x: number): number {
  if (Math.abs(x) > 6) return x > 0 ? 1 : 0;
  let term = x, sum = x;
  for (let k = 3; Math.abs(term) > 1e-17 * Math.abs(sum); k += 2) {
    term *= x * x / k;
    sum += term;
  }
  return 0.5 + normalDensity(x) * sum;
}
