import { type Conditions, conditionsOf } from "./conditions.ts";
import { RandomStream } from "../random.ts";
import { splitByPart } from "./split_by_part.ts";
import type { SampleTable, Split } from "../types.ts";
import { UserError } from "../user_error.ts";

/** How much is held out. */
export interface ConditionSplitOptions {
  /** Of the order in which conditions are drawn. */
  readonly seed: number;
  /** Default 0.2. */
  readonly testFraction?: number;
  /** Default 0.1. */
  readonly validationFraction?: number;
}

/**
 * Holds out whole conditions (drug x cell x dose x time), replicates together.
 *
 * A model may have seen the drug, the cell line, the dose and the time, but never this combination of the four. Test and
 * validation each take max(1, floor(fraction * conditions)) of the conditions in an order drawn from the seed.
 *
 * @throws {UserError} when the fractions leave no condition to train on.
 */
export function conditionSplit(samples: SampleTable, options: ConditionSplitOptions): Split {
  return splitConditions(conditionsOf(samples), options);
}

/** {@link conditionSplit} of rows whose conditions are numbered already. */
export function splitConditions(
  conditions: Conditions,
  { seed, testFraction = 0.2, validationFraction = 0.1 }: ConditionSplitOptions,
): Split {
  const test = Math.max(1, Math.floor(testFraction * conditions.count));
  const validation = Math.max(1, Math.floor(validationFraction * conditions.count));
  if (test + validation >= conditions.count) {
    throw new UserError(
      `A split by condition with ${testFraction} for test and ${validationFraction} for validation leaves nothing to train on ` +
        `of ${conditions.count} conditions; give more data or lower the fractions.`,
    );
  }
  const part = new Uint8Array(conditions.count);
  new RandomStream(seed, 0xc0).permutation(conditions.count).forEach((condition, place) => {
    part[condition] = place < test ? 2 : place < test + validation ? 1 : 0;
  });
  return splitByPart(
    `condition, seed ${seed}`,
    conditions.ofRow.length,
    (row) => part[conditions.ofRow[row]],
  );
}
