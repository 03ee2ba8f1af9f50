import { closestName } from "../../datasets/readers/closest_name.ts";
import { CheckpointError } from "../../host/checkpoint/checkpoint_error.ts";
import { openSafetensors } from "../../host/checkpoint/open_safetensors.ts";
import { savePytorch } from "../../host/checkpoint/pytorch_writer.ts";
import { saveSafetensors } from "../../host/checkpoint/save_safetensors.ts";
import { type StoredTensor, type TensorMap, toFloat32 } from "../../host/checkpoint/stored_tensor.ts";
import { checkpointFormats } from "../../models/run_store.ts";
import { checkOutputFile, refuseInputs } from "../../runs/output_file.ts";
import { openRunFolder } from "../../runs/run_folder.ts";

/** What a target path asks for. */
export type TargetKind = "pytorch" | "safetensors" | "run";

/**
 * What to write, from the path alone: a folder is a run, otherwise the ending decides.
 * @throws {CheckpointError} for any other ending.
 */
async function targetKind(path: string): Promise<TargetKind> {
  const info = await Deno.stat(path).catch(() => undefined);
  if (info?.isDirectory) return "run";
  if (path.endsWith(".safetensors")) return "safetensors";
  if (/\.(pt|pth)$/.test(path)) return "pytorch";
  throw new CheckpointError(
    `${path}: to what should it be converted? End the name in .safetensors or .pt, or give an existing run folder.`,
  );
}

/**
 * Writes weights to a file, or into an existing run as its checkpoint, atomically.
 * @param force replace what is there
 * @param input where the weights come from, which is never replaced
 * @returns the file written
 * @throws {CheckpointError} when something is there already, or the weights do not fit the run.
 */
export async function writeWeights(
  path: string,
  tensors: TensorMap,
  force: boolean,
  input?: string,
): Promise<string> {
  const kind = await targetKind(path);
  const inputs = input === undefined ? [] : [input];
  if (kind !== "run") await checkOutputFile(path, inputs);
  const file = kind === "run" ? `${path}/checkpoint.safetensors` : path;
  const exists = await Deno.stat(file).then(() => true, () => false);
  if (exists && !force) {
    throw new CheckpointError(`${file} is there already; choose another name, or replace it with --force.`);
  }
  if (exists) await refuseInputs(file, inputs);
  if (kind === "pytorch") await savePytorch(file, tensors);
  if (kind === "safetensors") await saveSafetensors(file, tensors);
  if (kind === "run") {
    using _lock = await openRunFolder(path);
    if (exists) await checkFit(file, tensors);
    const floats = new Map([...tensors].map(([name, tensor]) => [name, asRunTensor(name, tensor)]));
    await saveSafetensors(file, floats, { format: checkpointFormats.at(-1)! });
  }
  return file;
}

/** A run computes in float32 and counts in int32 or int64. */
function asRunTensor(name: string, tensor: StoredTensor): StoredTensor {
  switch (tensor.dtype) {
    case "F32":
    case "I32":
    case "I64":
      return tensor;
    case "F64":
    case "F16":
    case "BF16":
      return { dtype: "F32", shape: tensor.shape, data: toFloat32(tensor) };
    default:
      throw new CheckpointError(
        `Tensor ${name}: ${tensor.dtype} values have no place in a run, expected F32, I32 or I64; save them as one of these.`,
      );
  }
}

/** A run's checkpoint may be replaced only by one of the same network. */
async function checkFit(file: string, tensors: TensorMap): Promise<void> {
  using own = await openSafetensors(file);
  const missing = own.entries.filter((entry) => !tensors.has(entry.name)).map((entry) => entry.name);
  const surplus = [...tensors.keys()].filter((name) => !own.has(name));
  if (missing.length > 0 || surplus.length > 0) {
    const hint = surplus.length > 0 ? closestName(surplus[0], missing) : undefined;
    throw new CheckpointError(
      `${file}: the weights are of another network: ${missing.length} tensors of the run are missing ` +
        `(${few(missing)}), ${surplus.length} are unknown to it (${few(surplus)})` +
        `${hint ? `; ${surplus[0]} looks like ${hint}` : ""}; see --strip-prefix and --add-prefix.`,
    );
  }
  for (const { name, shape } of own.entries) {
    const found = tensors.get(name)?.shape.join(", ");
    if (found !== shape.join(", ")) {
      throw new CheckpointError(
        `${file}, tensor ${name}: shape [${found}], expected [${
          shape.join(", ")
        }] as in the run; the network is of another size.`,
      );
    }
  }
}

function few(names: readonly string[]): string {
  return names.length === 0 ? "none" : names.slice(0, 3).join(", ") + (names.length > 3 ? ", ..." : "");
}
