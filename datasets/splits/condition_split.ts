import { RandomStream } from "../random.ts";
import { splitByPart } from "./split_by_part.ts";
import type { Split } from "../types.ts";
import { UserError } from "../user_error.ts";

const testFraction = 0.2, validationFraction = 0.1;

/**
 * Holds out whole conditions (drug x cell x dose x time), replicates together.
 *
 * A model may have seen the drug, the cell line, the dose and the time, but never this combination of the four. Test
 * takes max(1, floor(0.2 * conditions)) of them, validation max(1, floor(0.1 * conditions)), in an order drawn from the seed.
 *
 * @param condition one number a row, see `Dataset.condition`.
 * @throws {UserError} when no condition is left to train on.
 */
export function conditionSplit(condition: Uint32Array, seed: number): Split {
  const count = new Set(condition).size;
  const test = Math.max(1, Math.floor(testFraction * count));
  const validation = Math.max(1, Math.floor(validationFraction * count));
  if (test + validation >= count) {
    throw new UserError(
      `A split by condition with ${testFraction} for test and ${validationFraction} for validation leaves nothing to train on ` +
        `of ${count} conditions; give more data or choose another split.`,
    );
  }
  const part = new Uint8Array(count);
  new RandomStream(seed, 0xc0).permutation(count).forEach((condition, place) => {
    part[condition] = place < test ? 2 : place < test + validation ? 1 : 0;
  });
  return splitByPart(`condition, seed ${seed}`, condition.length, (row) => part[condition[row]]);
}
