/**
 * Attention maps for interpretation (csg2a.md 4.4), in double precision on the host and in evaluation mode.
 *
 * The mean over samples of one drug needs no map of a single sample: with the condition constant it is
 * s (M_gg K_gg + mu c' K_gc + (mu c' K_gc)' + c c' K_cc) + P, products of matrices element by element.
 */

/** The block's two weights, [genes, width] each. */
export interface BlockWeights {
  readonly wGex: ArrayLike<number>;
  readonly wComp: ArrayLike<number>;
}

/** Samples of one drug, dose and time: profiles [samples, genes] and their common condition vector [genes]. */
export interface ConditionSamples {
  readonly profiles: ArrayLike<number>;
  readonly condition: ArrayLike<number>;
}

/** Mean attention map [genes, genes]. @param ppi dense [genes, genes], or undefined for none */
export function meanAttentionMap(
  { wGex, wComp }: BlockWeights,
  { profiles, condition: c }: ConditionSamples,
  genes: number,
  ppi: ArrayLike<number> | undefined,
): Float64Array {
  const width = wGex.length / genes;
  const samples = profiles.length / genes;
  const scale = 1 / Math.sqrt(width);
  const mean = new Float64Array(genes);
  for (let n = 0; n < samples; n++) {
    for (let i = 0; i < genes; i++) mean[i] += profiles[n * genes + i] / samples;
  }
  const product = (a: ArrayLike<number>, i: number, b: ArrayLike<number>, j: number) => {
    let sum = 0;
    for (let k = 0; k < width; k++) sum += a[i * width + k] * b[j * width + k];
    return sum;
  };
  const map = new Float64Array(genes * genes);
  for (let i = 0; i < genes; i++) {
    for (let j = 0; j <= i; j++) {
      let second = 0;
      for (let n = 0; n < samples; n++) second += profiles[n * genes + i] * profiles[n * genes + j] / samples;
      const score = scale * (
        second * product(wGex, i, wGex, j) + mean[i] * c[j] * product(wGex, i, wComp, j) +
        mean[j] * c[i] * product(wGex, j, wComp, i) + c[i] * c[j] * product(wComp, i, wComp, j)
      );
      map[i * genes + j] = score + (ppi?.[i * genes + j] ?? 0);
      map[j * genes + i] = score + (ppi?.[j * genes + i] ?? 0);
    }
  }
  return map;
}

/** An unordered pair of genes and its score. */
export interface GenePair {
  readonly i: number;
  readonly j: number;
  readonly score: number;
}

/** The `count` highest pairs i < j, diagonal excluded; ties by i, then j. */
export function topPairs(map: ArrayLike<number>, genes: number, count: number): GenePair[] {
  const pairs: GenePair[] = [];
  for (let i = 0; i < genes; i++) {
    for (let j = i + 1; j < genes; j++) pairs.push({ i, j, score: map[i * genes + j] });
  }
  return pairs.sort((a, b) => b.score - a.score || a.i - b.i || a.j - b.j).slice(0, count);
}
