import type { Engine, Plan, Tensor, Tunable, Uniforms } from "../../../engine/mod.ts";
import type { RandomValues } from "../../../testing/random_values.ts";
import { relativeError } from "../../relative_error.ts";

/** Work by which a choice is judged, recorded with whatever the engine's tuning says. */
export interface JudgedWork {
  readonly plan: Plan;
  /** Largest error of the last replay against float64. */
  error(): Promise<number>;
  /** What the recorded plan runs. */
  readonly runs: string | number;
}

/** A choice with the work that judges it. */
export interface TunedWork {
  readonly tunable: Tunable<string> | Tunable<number>;
  /** Makes inputs once and hands out a recorder, so that all candidates see the same. */
  prepare(engine: Engine, sizes: Uniforms, random: RandomValues): () => Promise<JudgedWork>;
}

/** Largest error of what a replay left, of each tensor as much as is expected: the first samples stand for all. */
export async function largestError(
  plan: Plan,
  kept: readonly Tensor[],
  expected: readonly ArrayLike<number>[],
): Promise<number> {
  const errors: number[] = [];
  for (const [k, tensor] of kept.entries()) {
    const values = new Float32Array(await plan.read(tensor));
    errors.push(relativeError(values.subarray(0, expected[k].length), expected[k]));
  }
  return Math.max(...errors);
}
