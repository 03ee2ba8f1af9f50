import { CheckpointError } from "../../host/checkpoint/checkpoint_error.ts";
import type { StoredTensor, TensorMap } from "../../host/checkpoint/stored_tensor.ts";

/** How names change on the way. */
export interface Renaming {
  /** Only tensors whose names begin so are taken, and lose the beginning. */
  readonly stripPrefix?: string;
  /** Put in front of every name, after stripping. */
  readonly addPrefix?: string;
}

/**
 * Renames tensors, in their order.
 * @returns the renamed tensors, and the names that lack the prefix and stay behind
 * @throws {CheckpointError} when no tensor has the prefix.
 */
export function renameTensors(
  tensors: TensorMap,
  { stripPrefix = "", addPrefix = "" }: Renaming,
): { tensors: TensorMap; left: string[] } {
  const renamed = new Map<string, StoredTensor>();
  const left: string[] = [];
  for (const [name, tensor] of tensors) {
    if (name.startsWith(stripPrefix)) renamed.set(addPrefix + name.slice(stripPrefix.length), tensor);
    else left.push(name);
  }
  if (renamed.size === 0 && tensors.size > 0) {
    const first = tensors.keys().next().value;
    throw new CheckpointError(`No tensor's name begins with "${stripPrefix}"; the first is called ${first}.`);
  }
  return { tensors: renamed, left };
}
