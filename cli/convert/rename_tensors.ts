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

/** Beginnings of names that wrappers and training scripts add. */
const wrappers = ["module.", "_orig_mod.", "model_state_dict.", "state_dict.", "model.", "net.", "network."];

/** How to take off what wrappers put before the names; undefined where most names have nothing of the kind. */
export function prefixHint(names: readonly string[]): string | undefined {
  let prefix = "", rest = [...names];
  for (let found = true; found && rest.length > 0;) {
    const wrapper = wrappers.find((start) =>
      rest.filter((name) => name.startsWith(start)).length * 4 > names.length
    );
    found = wrapper !== undefined;
    if (wrapper === undefined) break;
    prefix += wrapper;
    rest = rest.filter((name) => name.startsWith(wrapper)).map((name) => name.slice(wrapper.length));
  }
  if (prefix === "") return undefined;
  return `${rest.length} of ${names.length} names begin with "${prefix}": --strip-prefix ${prefix} takes these alone, without it.`;
}
