/** Robust z-scores of a samples x genes matrix. */
export interface RobustZ {
  /** samples x genes, row-major. */
  readonly z: Float32Array<ArrayBuffer>;
  /** One a gene. */
  readonly median: Float64Array<ArrayBuffer>;
  /** Median absolute deviation about the median, one a gene, without the factor 1.4826. */
  readonly mad: Float64Array<ArrayBuffer>;
  /** Genes whose deviation is 0: more than half of the samples share one value. */
  readonly constantGenes: number;
}

/**
 * z = (x - median) / (1.4826 MAD) per gene over the samples; the median of an even count is the mean of the middle two.
 *
 * A gene with MAD 0 is counted; without a floor it gets 0 everywhere. Source: csg2a.md 6.5.
 *
 * @param values samples x genes, row-major.
 * @param limits of preparing data: the smallest 1.4826 MAD, so that a gene that hardly varies is not blown up, and the largest |z|.
 * @throws {RangeError} when the values are no whole number of rows.
 *
 * @example
 * ```ts
 * robustZ(Float64Array.of(1, 2, 3, 4, 5), 1).z[4]; // 2 / 1.4826
 * ```
 */
export function robustZ(
  values: Float32Array | Float64Array,
  genes: number,
  { floor = 0, clip = Infinity }: { readonly floor?: number; readonly clip?: number } = {},
): RobustZ {
  const samples = values.length / genes;
  if (!Number.isInteger(samples)) {
    throw new RangeError(`${values.length} values are no whole number of rows of ${genes} genes.`);
  }
  const z = new Float32Array(values.length);
  const median = new Float64Array(genes), mad = new Float64Array(genes);
  const column = new Float64Array(samples);
  let constantGenes = 0;
  for (let gene = 0; gene < genes; gene++) {
    for (let sample = 0; sample < samples; sample++) column[sample] = values[sample * genes + gene];
    median[gene] = medianInPlace(column);
    for (let sample = 0; sample < samples; sample++) {
      column[sample] = Math.abs(values[sample * genes + gene] - median[gene]);
    }
    mad[gene] = medianInPlace(column);
    if (mad[gene] === 0) {
      constantGenes++;
      if (floor === 0) continue;
    }
    const scale = Math.max(1.4826 * mad[gene], floor);
    for (let sample = 0; sample < samples; sample++) {
      const score = (values[sample * genes + gene] - median[gene]) / scale;
      z[sample * genes + gene] = Math.min(clip, Math.max(-clip, score));
    }
  }
  return { z, median, mad, constantGenes };
}

/** The median; of an even count the mean of the middle two. Sorts the values; NaN of none. */
export function medianInPlace(values: Float64Array): number {
  values.sort();
  const middle = values.length >> 1;
  return values.length % 2 === 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}
