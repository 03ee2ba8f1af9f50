import { UserError } from "../datasets/user_error.ts";
import { openSafetensors } from "../host/checkpoint/open_safetensors.ts";
import { readPytorchFile } from "../host/checkpoint/pytorch_reader.ts";
import type { StoredTensor } from "../host/checkpoint/stored_tensor.ts";
import { startParameters as laidOver } from "../models/start_parameters.ts";
import type { NamedTensors } from "../models/training_task.ts";

/**
 * A model's parameters with those of a run folder, a `.safetensors` or a PyTorch file laid over them; see `laidOver`.
 *
 * @throws {UserError} when a tensor has no place in the model, or another shape.
 */
export async function startParameters(from: string, own: NamedTensors): Promise<NamedTensors> {
  const { file, tensors } = await readTensors(from);
  return laidOver(own, tensors, file);
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
