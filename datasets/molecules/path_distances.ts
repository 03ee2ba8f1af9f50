import { bondPaths, unconnected } from "./bond_paths.ts";
import type { Structure } from "./structure.ts";

/** Å between atoms that no path of bonds joins: exp(-100) is nothing. */
export const componentDistance = 100;

/**
 * Distances from the number of bonds alone, Å, atoms x atoms: 1.5 for one bond, 2.5 for two, 1.3 k for k >= 3, 100 between
 * components. The rule of the reference runs (reference-runs.md section 1); `ruleDistances` is closer to conformers.
 */
export function pathDistances(structure: Structure): Float32Array<ArrayBuffer> {
  return Float32Array.from(bondPaths(structure), (bonds) => {
    if (bonds === unconnected) return componentDistance;
    return bonds === 0 ? 0 : bonds === 1 ? 1.5 : bonds === 2 ? 2.5 : 1.3 * bonds;
  });
}
