import { UserError } from "../datasets/user_error.ts";
import type { Predictor } from "../models/model.ts";
import { RunStore } from "../models/run_store.ts";
import { startParameters } from "../models/start_parameters.ts";
import type { NamedTensors } from "../models/training_task.ts";
import { readWeights } from "./read_weights.ts";
import { system } from "../host/system.ts";

/**
 * Lays the parameters of a run folder, a `.safetensors` or a PyTorch file over a model's initial ones, by name.
 *
 * @throws {UserError} when a tensor has no place in the model, or another shape.
 */
export async function takeParameters(predictor: Predictor, from: string): Promise<void> {
  const { file, tensors } = await readWeights(from);
  predictor.restore(startParameters(await predictor.state(), tensors, file));
}

/** The parameters that a run ended with. @throws {UserError} when there are none yet. */
export async function resultParameters(run: string): Promise<NamedTensors> {
  const there = await system.stat(`${run}/checkpoint.safetensors`).then(() => true, () => false);
  if (there) return await new RunStore(run).result();
  throw new UserError(
    `${run} has no checkpoint.safetensors yet: no epoch was finished; go on with \`perturbine resume ${run}\`.`,
  );
}
