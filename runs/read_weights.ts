import { CheckpointError } from "../host/checkpoint/checkpoint_error.ts";
import { openSafetensors } from "../host/checkpoint/open_safetensors.ts";
import { readPytorchFile } from "../host/checkpoint/pytorch_reader.ts";
import type { TensorMap } from "../host/checkpoint/stored_tensor.ts";
import { system } from "../host/system.ts";

/** The weights found behind a path that a user gave. */
export interface Weights {
  readonly kind: "pytorch" | "safetensors" | "run";
  /** The file itself: inside the folder for a run. */
  readonly file: string;
  readonly tensors: TensorMap;
  /** What the file holds besides tensors, by name. */
  readonly besides: readonly string[];
}

/**
 * Reads a PyTorch file, a safetensors file or the checkpoint of a run folder; which of them it is, its first bytes say.
 * @throws {CheckpointError} when there is nothing, or nothing sound.
 */
export async function readWeights(path: string): Promise<Weights> {
  const info = await system.stat(path).catch(() => undefined);
  if (!info) throw new CheckpointError(`${path} does not exist; check the path.`);
  if (info.isDirectory) {
    const file = `${path}/checkpoint.safetensors`;
    if (!await system.stat(file).catch(() => undefined)) {
      throw new CheckpointError(
        `${path} holds no checkpoint.safetensors; give a run that has trained for at least one epoch, or a file.`,
      );
    }
    return { kind: "run", ...await readSafetensorsFile(file) };
  }
  if (await isPytorch(path)) {
    const { tensors, other } = await readPytorchFile(path);
    return { kind: "pytorch", file: path, tensors, besides: namesOf(other, "") };
  }
  return { kind: "safetensors", ...await readSafetensorsFile(path) };
}

async function readSafetensorsFile(path: string): Promise<Omit<Weights, "kind">> {
  using file = await openSafetensors(path);
  const tensors: TensorMap = new Map();
  for (const { name } of file.entries) tensors.set(name, await file.read(name));
  return { file: path, tensors, besides: [...file.metadata.keys()].map((key) => `metadata ${key}`) };
}

/** A zip, or a pickle. A path that ends like PyTorch's is taken for one too, so that the message fits. */
async function isPytorch(path: string): Promise<boolean> {
  using file = await system.open(path, { read: true });
  const start = new Uint8Array(4);
  await file.read(start);
  const isZip = start[0] === 0x50 && start[1] === 0x4b;
  const isPickle = start[0] === 0x80 && start[1] === 0x02 && start[2] === 0x8a;
  return isZip || isPickle || /\.(pt|pth|bin)$/.test(path);
}

function namesOf(value: unknown, path: string): string[] {
  if (typeof value !== "object" || value === null) return path === "" ? [] : [path];
  const join = (key: string) => path === "" ? key : `${path}.${key}`;
  // A list is one thing to its reader; dicts are walked.
  if (Array.isArray(value)) return value.length > 0 && path !== "" ? [path] : [];
  return Object.entries(value).flatMap(([key, item]) => namesOf(item, join(key)));
}
