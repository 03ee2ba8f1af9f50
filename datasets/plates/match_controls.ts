import { RandomStream } from "../random.ts";
import { medianInPlace } from "../statistics/robust_z.ts";
import { modz } from "../statistics/modz.ts";
import type { Well } from "./wells.ts";

/** A treated profile beside the control profile that stands for the cells before. */
export interface MatchedPair {
  /** The treated wells: one, or the replicates of a condition. */
  readonly treated: readonly number[];
  /** The vehicle wells that gave the control profile. */
  readonly controls: readonly number[];
  /** Weights of the replicates, sum 1. */
  readonly weights: readonly number[];
}

/** How treated wells get their controls. */
export interface MatchOptions {
  /** `well`: one vehicle well of the same plate, drawn by the seed; `median`: the median of all of them. */
  readonly basal: "well" | "median";
  /** `keep`: a row a well; `modz`: replicates of a condition as one row, weighted by MODZ. */
  readonly replicates: "keep" | "modz";
  /** Of the draws. */
  readonly seed: number;
}

/** Pairs with both profiles, and the treated wells whose plate has no vehicle well. */
export interface MatchedPairs {
  /** In the order of the first treated well of each. */
  readonly pairs: readonly MatchedPair[];
  /** Pairs x genes: control profiles. */
  readonly basal: Float32Array<ArrayBuffer>;
  /** Pairs x genes: treated profiles. */
  readonly perturbed: Float32Array<ArrayBuffer>;
  /** Treated wells left out. */
  readonly unmatched: readonly number[];
}

/**
 * Puts a control beside every treated well, from the same plate (and cell line and time, should a plate hold several).
 *
 * @param scores wells x genes, standardised.
 */
export function matchControls(
  wells: readonly Well[],
  scores: Float32Array,
  genes: number,
  { basal, replicates, seed }: MatchOptions,
): MatchedPairs {
  const groupOf = ({ plate, cell, time }: Well) => JSON.stringify([plate, cell, time]);
  const vehicles = Map.groupBy(
    wells.keys().filter((at) => wells[at].kind === "vehicle"),
    (at) => groupOf(wells[at]),
  );
  const profile = (at: number) => scores.subarray(at * genes, (at + 1) * genes);
  const treated = [...wells.keys().filter((at) => wells[at].kind === "treated")];
  const unmatched = treated.filter((at) => !vehicles.has(groupOf(wells[at])));
  const matched = treated.filter((at) => vehicles.has(groupOf(wells[at])));
  const controlsOf = (at: number): number[] => {
    const own = vehicles.get(groupOf(wells[at]))!;
    // Keyed by the well's id, so that another filter changes the draws of no well that stays.
    return basal === "median" ? own : [own[new RandomStream(seed, hashOf(wells[at].id)).below(own.length)]];
  };
  const conditions = replicates === "keep" ? matched.map((at) => [at]) : [
    ...Map.groupBy(matched, (at) => {
      const { cell, drug, dose, time } = wells[at];
      return JSON.stringify([cell, drug, dose, time]);
    }).values(),
  ];
  const pairs: MatchedPair[] = [];
  const basalValues = new Float32Array(conditions.length * genes),
    perturbed = new Float32Array(conditions.length * genes);
  conditions.forEach((members, row) => {
    const { values, weights } = modz(members.map(profile));
    perturbed.set(values, row * genes);
    const controls = members.map(controlsOf);
    members.forEach((_, place) => {
      const own = median(controls[place].map(profile), genes);
      for (let gene = 0; gene < genes; gene++) basalValues[row * genes + gene] += weights[place] * own[gene];
    });
    pairs.push({ treated: members, controls: [...new Set(controls.flat())], weights });
  });
  return { pairs, basal: basalValues, perturbed, unmatched };
}

function median(profiles: readonly Float32Array[], genes: number): Float32Array {
  if (profiles.length === 1) return profiles[0];
  const column = new Float64Array(profiles.length);
  return Float32Array.from({ length: genes }, (_, gene) => {
    profiles.forEach((profile, at) => column[at] = profile[gene]);
    return medianInPlace(column);
  });
}

/** FNV-1a over the UTF-16 units. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}
