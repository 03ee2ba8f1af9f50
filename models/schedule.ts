/** How the learning rate depends on the epoch. */
export type Schedule =
  | { readonly kind: "constant"; readonly learningRate: number }
  | {
    readonly kind: "cosine";
    /** Rate of the first epoch. */
    readonly learningRate: number;
    /** Rate that is reached after `epochs` epochs and kept from then on. */
    readonly floor: number;
    readonly epochs: number;
  };

/**
 * Learning rate of a 0-based epoch.
 *
 * Cosine: floor + (rate - floor) (1 + cos(pi epoch / epochs)) / 2 for the first `epochs` epochs, then the floor.
 * Source: csg2a.md section 5 (CosineAnnealingLR, stepped once an epoch).
 */
export function learningRateAt(schedule: Schedule, epoch: number): number {
  if (schedule.kind === "constant") return schedule.learningRate;
  const { learningRate, floor, epochs } = schedule;
  if (epoch >= epochs) return floor;
  return floor + (learningRate - floor) * (1 + Math.cos(Math.PI * epoch / epochs)) / 2;
}
