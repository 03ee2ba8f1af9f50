/** What ComBat made of a samples x genes matrix. */
export interface CombatResult {
  /** Adjusted values, samples x genes. */
  readonly adjusted: Float32Array<ArrayBuffer>;
  /** Shrunken batch shifts γ*, batches x genes, in units of σ. */
  readonly gammaStar: Float64Array<ArrayBuffer>;
  /** Shrunken batch variances δ²*, batches x genes. */
  readonly deltaSquaredStar: Float64Array<ArrayBuffer>;
  /** Grand mean of each gene. */
  readonly alpha: Float64Array<ArrayBuffer>;
  /** Pooled standard deviation of each gene, divisor N. */
  readonly sigma: Float64Array<ArrayBuffer>;
  /** Rounds until convergence, one a batch. */
  readonly iterations: readonly number[];
}

/**
 * ComBat with parametric priors and without covariates: removes shifts and scales between batches, shrunken over genes.
 *
 * A gene that never varies inside a batch (σ = 0) is left as it is.
 * Source: Johnson, Li, Rabinovic 2007; csg2a.md 6.6, whose symbols are used here.
 *
 * @param values samples x genes, row-major.
 * @param batchOf batch of each sample, 0 .. batches - 1.
 * @param tolerance largest relative change of a round that counts as converged.
 * @throws {RangeError} when the lengths disagree or a batch has fewer than two samples.
 *
 * @example
 * ```ts
 * const { adjusted } = combat(profiles, 978, batchOfProfile);
 * ```
 */
export function combat(
  values: Float32Array | Float64Array,
  genes: number,
  batchOf: ArrayLike<number>,
  tolerance = 1e-4,
): CombatResult {
  const samples = batchOf.length;
  if (values.length !== samples * genes) {
    throw new RangeError(`${values.length} values, expected ${samples} samples x ${genes} genes.`);
  }
  const members: number[][] = [];
  for (let sample = 0; sample < samples; sample++) (members[batchOf[sample]] ??= []).push(sample);
  for (let batch = 0; batch < members.length; batch++) {
    const size = members[batch]?.length ?? 0;
    if (size < 2) {
      throw new RangeError(
        `Batch ${batch} has ${size} samples, expected at least 2 to estimate its variance.`,
      );
    }
  }

  const alpha = new Float64Array(genes), sigma = new Float64Array(genes);
  const standardised = new Float64Array(values.length);
  for (let gene = 0; gene < genes; gene++) {
    let squares = 0;
    for (const batch of members) {
      const batchMean = mean(batch.map((sample) => values[sample * genes + gene]));
      alpha[gene] += batch.length / samples * batchMean;
      for (const sample of batch) squares += (values[sample * genes + gene] - batchMean) ** 2;
    }
    sigma[gene] = Math.sqrt(squares / samples);
    for (let sample = 0; sample < samples; sample++) {
      const z = (values[sample * genes + gene] - alpha[gene]) / sigma[gene];
      standardised[sample * genes + gene] = sigma[gene] > 0 ? z : 0;
    }
  }

  const adjusted = Float32Array.from(values);
  const gammaStar = new Float64Array(members.length * genes),
    deltaSquaredStar = new Float64Array(members.length * genes);
  const varying = [...alpha.keys()].filter((gene) => sigma[gene] > 0);
  const iterations = members.map((batch, number) => {
    const columns = varying.map((gene) => batch.map((sample) => standardised[sample * genes + gene]));
    const fitted = shrink(columns, tolerance);
    varying.forEach((gene, place) => {
      gammaStar[number * genes + gene] = fitted.gamma[place];
      deltaSquaredStar[number * genes + gene] = fitted.deltaSquared[place];
      for (const sample of batch) {
        const z = standardised[sample * genes + gene];
        adjusted[sample * genes + gene] = alpha[gene] +
          sigma[gene] * (z - fitted.gamma[place]) / Math.sqrt(fitted.deltaSquared[place]);
      }
    });
    return fitted.iterations;
  });
  return { adjusted, gammaStar, deltaSquaredStar, alpha, sigma, iterations };
}

/** Steps 2 and 3 for one batch: empirical Bayes estimates from the standardised values of each gene. */
function shrink(columns: number[][], tolerance: number) {
  const count = columns[0]?.length ?? 0;
  const gammaHat = columns.map(mean), deltaSquaredHat = columns.map(variance);
  const gammaBar = mean(gammaHat), tauSquared = variance(gammaHat);
  const v = mean(deltaSquaredHat), sSquared = variance(deltaSquaredHat);
  const lambda = (v * v + 2 * sSquared) / sSquared, theta = (v ** 3 + v * sSquared) / sSquared;
  const gamma = [...gammaHat], deltaSquared = [...deltaSquaredHat];
  // With one gene, or genes alike, the priors are points: S² = 0 has no finite λ and the estimates stay as they are.
  if (!(sSquared > 0) || !(tauSquared > 0)) return { gamma, deltaSquared, iterations: 0 };
  const limit = 10_000;
  for (let iteration = 1; iteration <= limit; iteration++) {
    let change = 0;
    for (let gene = 0; gene < columns.length; gene++) {
      const g = (count * tauSquared * gammaHat[gene] + deltaSquared[gene] * gammaBar) /
        (count * tauSquared + deltaSquared[gene]);
      const squares = columns[gene].reduce((sum, z) => sum + (z - g) ** 2, 0);
      const d = (theta + squares / 2) / (count / 2 + lambda - 1);
      change = Math.max(
        change,
        Math.abs(g - gamma[gene]) / Math.max(Math.abs(gamma[gene]), Number.MIN_VALUE),
        Math.abs(d - deltaSquared[gene]) / deltaSquared[gene],
      );
      gamma[gene] = g;
      deltaSquared[gene] = d;
    }
    if (change < tolerance) return { gamma, deltaSquared, iterations: iteration };
  }
  throw new RangeError(
    `ComBat did not converge to ${tolerance} in ${limit} rounds; ask for a larger tolerance.`,
  );
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Unbiased. */
function variance(values: readonly number[]): number {
  const centre = mean(values);
  return values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1);
}
