/** How ranks that step by themselves come together again. */
export interface OuterSettings {
  /** Local steps before an outer one; the end of an epoch is one in any case. */
  readonly every: number;
  /** Learning rate of the outer step. */
  readonly rate: number;
  /** Its Nesterov momentum. With 0, and a rate of 1, all take the mean of their parameters. */
  readonly momentum: number;
}

/** Those that DiLoCo was found to work best with (arXiv:2311.08105). */
export const outerDefaults: Omit<OuterSettings, "every"> = { rate: 0.7, momentum: 0.9 };

/**
 * One step of Nesterov's method in place, as PyTorch's SGD takes it, with the mean change of the ranks in the place of a gradient.
 *
 * @param values where all ranks began; becomes where they go on.
 * @param change what was there at the beginning less what is there now, mean of the ranks.
 * @param velocity of the step before, zeros at first.
 */
export function outerStep(
  values: Float32Array,
  change: Float32Array,
  velocity: Float32Array,
  { rate, momentum }: Pick<OuterSettings, "rate" | "momentum">,
): void {
  for (let k = 0; k < values.length; k++) {
    velocity[k] = momentum * velocity[k] + change[k];
    values[k] -= rate * (change[k] + momentum * velocity[k]);
  }
}
