import { UserError } from "../datasets/user_error.ts";
import { openSafetensors } from "../host/checkpoint/open_safetensors.ts";
import { readPytorchFile } from "../host/checkpoint/pytorch_reader.ts";
import type { StoredTensor } from "../host/checkpoint/stored_tensor.ts";
import type { Predictor } from "../models/model.ts";
import { RunStore } from "../models/run_store.ts";
import { startParameters } from "../models/start_parameters.ts";
import type { NamedTensors } from "../models/training_task.ts";

/**
 * Lays the parameters of a run folder, a `.safetensors` or a PyTorch file over a model's initial ones, by name.
 *
 * @throws {UserError} when a tensor has no place in the model, or another shape.
 */
export async function takeParameters(predictor: Predictor, from: string): Promise<void> {
  const { file, tensors } = await readTensors(from);
  predictor.restore(startParameters(await predictor.state(), tensors, file));
}

/** The parameters that a run ended with. @throws {UserError} when there are none yet. */
export async function resultParameters(run: string): Promise<NamedTensors> {
  const there = await Deno.stat(`${run}/checkpoint.safetensors`).then(() => true, () => false);
  if (there) return await new RunStore(run).result();
  throw new UserError(
    `${run} has no checkpoint.safetensors yet: no epoch was finished; go on with \`perturbine resume ${run}\`.`,
  );
}

async function readTensors(from: string): Promise<{ file: string; tensors: Map<string, StoredTensor> }> {
  const stat = await Deno.stat(from).catch(() => undefined);
  if (!stat) throw new UserError(`${from}: does not exist; give a run folder or a checkpoint with --from.`);
  const file = stat.isDirectory ? `${from}/checkpoint.safetensors` : from;
  if (!file.endsWith(".safetensors")) return { file, tensors: (await readPytorchFile(file)).tensors };
  using open = await openSafetensors(file);
  const tensors = new Map<string, StoredTensor>();
  for (const { name } of open.entries) tensors.set(name, await open.read(name));
  return { file, tensors };
}
