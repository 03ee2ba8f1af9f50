import { UserError } from "../datasets/user_error.ts";
import { RunStore } from "../models/run_store.ts";
import type { NamedTensors } from "../models/training_task.ts";

/** The parameters that a run ended with. @throws {UserError} when no epoch of it is finished yet. */
export async function resultParameters(run: string): Promise<NamedTensors> {
  const there = await Deno.stat(`${run}/checkpoint.safetensors`).then(() => true, () => false);
  if (there) return await new RunStore(run).result();
  throw new UserError(
    `${run} has no checkpoint.safetensors yet: no epoch was finished; go on with \`perturbine resume ${run}\`.`,
  );
}
