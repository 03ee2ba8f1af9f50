import { CheckpointError } from "./checkpoint_error.ts";
import { openPytorchContainer } from "./pytorch_container.ts";
import { type StorageReference, TensorReference } from "./pytorch_objects.ts";
import {
  bytesPerElement,
  elementCount,
  mostTensors,
  type StoredTensor,
  tensorFromBytes,
  type TensorMap,
} from "./stored_tensor.ts";
import { stridedCopy } from "./strided_copy.ts";
import type { PickleValue } from "./unpickle.ts";
import { system } from "../system.ts";

/** A value of a PyTorch file that is no tensor. */
export type PytorchValue = null | boolean | number | bigint | string | PytorchValue[] | {
  [key: string]: PytorchValue;
};

/** What a PyTorch file holds. */
export interface PytorchFile {
  /** Every tensor by its path: `state_dict` keys as they are, keys of nested dicts joined with dots. */
  readonly tensors: TensorMap;
  /** The rest, in the structure of the file without its tensors: epoch numbers, learning rates, notes. */
  readonly other: PytorchValue;
}

/** Guards against a pickle that refers to itself, or to the same parts exponentially often. */
const deepestNesting = 64;
const mostValues = 1_000_000;

/**
 * Reads the weights of a PyTorch file (`.pt`, `.pth`) held in memory: the zip container of PyTorch 1.6 and later, or
 * the legacy one. Offsets, strides, shared storages and Parameters are resolved; device tags are ignored.
 *
 * The file is decoded, never executed: opcodes and names outside the list of csg2a.md section 7 are refused.
 * @param file name for messages
 * @throws {CheckpointError} and nothing else, whatever the bytes are.
 */
export function readPytorch(bytes: Uint8Array<ArrayBuffer>, file = "PyTorch data"): PytorchFile {
  const container = openPytorchContainer(bytes, file);
  const tensors: TensorMap = new Map();
  // Views can repeat one storage any number of times; honest files hardly do.
  const budget = 8 * bytes.length + 64 * 2 ** 20;
  let spent = 0;
  let visited = 0;
  /** A tensor that is recalled many times is read once. */
  const read = new Map<TensorReference, StoredTensor>();

  const visit = (value: PickleValue, path: string, depth: number): PytorchValue | undefined => {
    if (depth > deepestNesting || ++visited > mostValues) {
      throw new CheckpointError(
        `${file}: is nested too deeply or refers to itself (at ${
          path.slice(0, 100)
        }); it holds no plain weights.`,
      );
    }
    if (value instanceof TensorReference) {
      const name = plainName(path) || "tensor";
      if (tensors.has(name)) {
        throw new CheckpointError(
          `${file}: two tensors are both called ${name} once nested keys are joined with dots; rename one.`,
        );
      }
      if (tensors.size === mostTensors) {
        throw new CheckpointError(
          `${file}: holds more than ${
            mostTensors.toLocaleString("en")
          } tensors; it is damaged, or holds no plain weights.`,
        );
      }
      const known = read.get(value);
      if (known !== undefined) {
        tensors.set(name, known);
        return undefined;
      }
      spent += elementCount(value.shape) * bytesPerElement(value.storage.dtype);
      if (!(spent <= budget)) {
        throw new CheckpointError(
          `${file}, tensor ${name}: shape [${
            value.shape.join(", ")
          }] would fill memory far beyond the file's size; it is refused.`,
        );
      }
      const tensor = materialise(value, container.storage, `${file}, tensor ${name}`);
      read.set(value, tensor);
      tensors.set(name, tensor);
      return undefined;
    }
    const child = (key: string, item: PickleValue) => visit(item, path ? `${path}.${key}` : key, depth + 1);
    if (Array.isArray(value)) {
      return value.map((item, i) => child(String(i), item)).filter((item) => item !== undefined);
    }
    if (value instanceof Map) {
      const rest: { [key: string]: PytorchValue } = Object.create(null);
      for (const [key, item] of value) {
        if (typeof key === "object" && key !== null) {
          throw new CheckpointError(
            `${file}: a dict at ${
              path || "the top"
            } has a key that is neither text nor number; save a plain state_dict.`,
          );
        }
        const other = child(String(key), item);
        if (other !== undefined) rest[String(key)] = other;
      }
      return rest;
    }
    // A storage or a name by itself carries nothing that could be handed on.
    return typeof value === "object" && value !== null ? undefined : value;
  };
  const other = visit(container.root, "", 0) ?? null;
  return { tensors, other };
}

/** Reads a PyTorch file from disk. @throws {CheckpointError} as `readPytorch` does, and when the file is missing. */
export async function readPytorchFile(path: string): Promise<PytorchFile> {
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = await system.readFile(path);
  } catch (error) {
    if (error instanceof system.errors.NotFound) {
      throw new CheckpointError(`${path} does not exist; check the path.`, { cause: error });
    }
    throw error;
  }
  return readPytorch(bytes, path);
}

/** Parameters of a pickled module lie in dicts of its attributes: `_modules.0._parameters.weight` is `0.weight`. */
function plainName(path: string): string {
  return path.split(".").filter((part) => !["_modules", "_parameters", "_buffers"].includes(part)).join(".");
}

function materialise(
  tensor: TensorReference,
  storageBytes: (reference: StorageReference) => Uint8Array<ArrayBuffer>,
  where: string,
): StoredTensor {
  const { dtype, count, start } = tensor.storage;
  const { shape, strides } = tensor;
  const width = bytesPerElement(dtype);
  const bytes = storageBytes(tensor.storage);
  const size = elementCount(shape);
  const first = start + tensor.offset;
  const last = first + shape.reduce((sum, extent, i) => sum + (extent - 1) * strides[i], 0);
  if (size > 0 && !(last < count)) {
    throw new CheckpointError(
      `${where}: reaches element ${last} of a storage of ${count}; the file is damaged.`,
    );
  }
  if (size === 0) return tensorFromBytes(dtype, shape, new Uint8Array(0));
  if (isContiguous(shape, strides)) {
    return tensorFromBytes(dtype, shape, bytes.subarray(first * width, (first + size) * width));
  }
  return tensorFromBytes(dtype, shape, stridedCopy(bytes, width, first, shape, strides));
}

function isContiguous(shape: readonly number[], strides: readonly number[]): boolean {
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && strides[axis] !== expected) return false;
    expected *= shape[axis];
  }
  return true;
}
