import { medianInPlace } from "../statistics/robust_z.ts";
import type { Well } from "./wells.ts";

/** How wells of one plate are put on a common scale. */
export interface ScoreOptions {
  /**
   * `plate`: median and MAD over all wells of the plate (LINCS' Level 4); `vehicle`: the plate's vehicle wells give the median, the
   * vehicle wells of all plates of that cell line and time, each less its plate's median, the MAD: few of them stand on one plate.
   */
  readonly reference: "plate" | "vehicle";
  /** Smallest 1.4826 MAD, in the units of the values: a gene that hardly varies is not blown up. */
  readonly floor: number;
  /** Largest |z|. */
  readonly clip: number;
}

/**
 * Robust z-scores of wells: z = (x - median) / max(1.4826 MAD, floor), clipped. Source: csg2a.md 6.5, LINCS Level 4.
 *
 * @param values wells x genes, log2 expression.
 * @returns wells x genes.
 */
export function plateScores(
  wells: readonly Well[],
  values: Float32Array,
  genes: number,
  { reference, floor, clip }: ScoreOptions,
): Float32Array<ArrayBuffer> {
  const centred = new Float64Array(values.length);
  const plates = Map.groupBy(wells.keys(), (at) => wells[at].plate);
  const isReference = (at: number) => reference === "plate" || wells[at].kind === "vehicle";
  for (const members of plates.values()) {
    const own = members.filter(isReference);
    const column = new Float64Array(own.length);
    for (let gene = 0; gene < genes; gene++) {
      own.forEach((at, place) => column[place] = values[at * genes + gene]);
      const median = medianInPlace(column);
      for (const at of members) centred[at * genes + gene] = values[at * genes + gene] - median;
    }
  }
  const pools = reference === "plate"
    ? plates
    : Map.groupBy(wells.keys(), (at) => JSON.stringify([wells[at].cell, wells[at].time]));
  const scores = new Float32Array(values.length);
  for (const members of pools.values()) {
    const own = members.filter(isReference);
    const column = new Float64Array(own.length);
    for (let gene = 0; gene < genes; gene++) {
      own.forEach((at, place) => column[place] = Math.abs(centred[at * genes + gene]));
      const scale = Math.max(1.4826 * medianInPlace(column), floor);
      for (const at of members) {
        scores[at * genes + gene] = Math.min(clip, Math.max(-clip, centred[at * genes + gene] / scale));
      }
    }
  }
  return scores;
}
