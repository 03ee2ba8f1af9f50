// @ts-types="./jstat.d.ts"
import jstat from "jstat";

/**
 * P(X >= overlap) when `drawn` of `universe` genes are drawn and `set` of them are in the gene set.
 *
 * The mass is summed from the overlap upwards: 1 - cdf loses everything below about 1e-11 (stack.md section 6).
 * Source: csg2a.md 6.8.
 *
 * @throws {RangeError} when a number is negative or not whole, or set or drawn exceed the universe.
 *
 * @example
 * ```ts
 * hypergeometricTail({ universe: 978, set: 40, drawn: 50, overlap: 9 });
 * ```
 */
export function hypergeometricTail(
  { universe, set, drawn, overlap }: { universe: number; set: number; drawn: number; overlap: number },
): number {
  for (const [name, value] of Object.entries({ universe, set, drawn, overlap })) {
    if (!Number.isInteger(value) || value < 0) {
      throw new RangeError(`${name} is ${value}, expected a whole number from 0.`);
    }
  }
  if (set > universe || drawn > universe) {
    throw new RangeError(`A set of ${set} and ${drawn} drawn do not fit into a universe of ${universe}.`);
  }
  const least = Math.max(0, set + drawn - universe);
  if (overlap <= least) return 1;
  let sum = 0;
  for (let k = Math.min(set, drawn); k >= overlap; k--) sum += jstat.hypgeom.pdf(k, universe, set, drawn);
  return Math.min(1, sum);
}
