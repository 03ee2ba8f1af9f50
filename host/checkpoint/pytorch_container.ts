import { fileKind } from "../file_kind.ts";
import { CheckpointError } from "./checkpoint_error.ts";
import { pytorchRules, type StorageReference } from "./pytorch_objects.ts";
import { readStoredZip } from "./stored_zip_reader.ts";
import { bytesPerElement } from "./stored_tensor.ts";
import { type PickleValue, unpickle } from "./unpickle.ts";

/** A PyTorch file taken apart: the pickled object, and the bytes behind its storages. */
export interface PytorchContainer {
  readonly root: PickleValue;
  /** The bytes of a storage, a view of the file. @throws {CheckpointError} when missing or of another length. */
  storage(reference: StorageReference): Uint8Array<ArrayBuffer>;
}

/** First bytes of a legacy file: the pickled magic number 0x1950a86a20f9469cfc6c. */
const legacyStart = [
  0x80,
  0x02,
  0x8a,
  0x0a,
  0x6c,
  0xfc,
  0x9c,
  0x46,
  0xf9,
  0x20,
  0x6a,
  0xa8,
  0x50,
  0x19,
  0x2e,
];
const zipStart = [0x50, 0x4b, 0x03, 0x04];

/**
 * Opens the container of a `.pt` file: a zip of PyTorch 1.6 and later, or the legacy run of pickles.
 * Source: csg2a.md section 7.
 * @throws {CheckpointError} when it is neither, or is damaged.
 */
export function openPytorchContainer(bytes: Uint8Array<ArrayBuffer>, file: string): PytorchContainer {
  if (beginsWith(bytes, zipStart)) return openZip(bytes, file);
  if (beginsWith(bytes, legacyStart)) return openLegacy(bytes, file);
  throw new CheckpointError(
    bytes.length === 0
      ? `${file}: is empty, expected a PyTorch file; fetch it again.`
      : foreignText(bytes, file),
  );
}

function openZip(bytes: Uint8Array<ArrayBuffer>, file: string): PytorchContainer {
  const zip = readStoredZip(bytes, file);
  const pickleName = zip.names.find((name) => /^[^/]+\/data\.pkl$/.test(name));
  const pickle = pickleName && zip.get(pickleName);
  if (!pickleName || !pickle) {
    throw new CheckpointError(`${file}: is a zip file without NAME/data.pkl, so it is not one of PyTorch's.`);
  }
  const folder = pickleName.slice(0, -"data.pkl".length);
  const order = zip.get(`${folder}byteorder`);
  if (order && new TextDecoder().decode(order).trim() !== "little") {
    throw new CheckpointError(
      `${file}: was written on a big-endian machine, which is not supported; save it again on another.`,
    );
  }
  const { value: root } = unpickle(pickle, 0, pytorchRules(file), file);
  const checked = new Map<string, Uint8Array<ArrayBuffer> | undefined>();
  return {
    root,
    storage(reference) {
      if (!checked.has(reference.key)) {
        checked.set(reference.key, aligned(zip.get(`${folder}data/${reference.key}`)));
      }
      return checkStorage(checked.get(reference.key), reference, file);
    },
  };
}

function openLegacy(bytes: Uint8Array<ArrayBuffer>, file: string): PytorchContainer {
  const rules = pytorchRules(file);
  let position = legacyStart.length;
  const next = (): PickleValue => {
    const { value, end } = unpickle(bytes, position, rules, file);
    position = end;
    return value;
  };
  const protocol = next();
  if (protocol !== 1001) {
    throw new CheckpointError(`${file}: legacy protocol version ${String(protocol)}, expected 1001.`);
  }
  const system = next();
  if (system instanceof Map && system.get("little_endian") === false) {
    throw new CheckpointError(
      `${file}: was written on a big-endian machine, which is not supported; save it again on another.`,
    );
  }
  const root = next();
  const keys = next();
  if (!Array.isArray(keys)) {
    throw new CheckpointError(`${file}: the list of storages is missing; the file is damaged.`);
  }

  const storages = new Map<string, Uint8Array<ArrayBuffer>>();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const key of keys) {
    // How wide a storage's elements are is said only where the pickle mentions it.
    const mentioned = typeof key === "string" ? rules.storages.get(key) : undefined;
    if (!mentioned) {
      throw new CheckpointError(`${file}: lists a storage that no tensor mentions; the file is damaged.`);
    }
    const count = position + 8 <= bytes.length ? Number(view.getBigUint64(position, true)) : Infinity;
    const end = position + 8 + count * bytesPerElement(mentioned.dtype);
    if (end > bytes.length) {
      throw new CheckpointError(
        `${file}: ends inside storage ${mentioned.key}, ${bytes.length} bytes in all; it has been cut.`,
      );
    }
    storages.set(mentioned.key, aligned(bytes.subarray(position + 8, end)));
    position = end;
  }
  return { root, storage: (reference) => checkStorage(storages.get(reference.key), reference, file) };
}

function checkStorage(
  bytes: Uint8Array<ArrayBuffer> | undefined,
  reference: StorageReference,
  file: string,
): Uint8Array<ArrayBuffer> {
  const expected = reference.count * bytesPerElement(reference.dtype);
  if (bytes?.length !== expected) {
    throw new CheckpointError(
      `${file}, storage ${reference.key}: ${
        bytes ? `${bytes.length} bytes` : "missing"
      }, expected ${expected} ` +
        `for ${reference.count} ${reference.dtype} elements; the file is damaged.`,
    );
  }
  return bytes;
}

/** Values can be viewed where they lie only from a multiple of their width on: moved once, not at every view. */
function aligned<Bytes extends Uint8Array<ArrayBuffer> | undefined>(bytes: Bytes): Bytes {
  return bytes && bytes.byteOffset % 8 !== 0 ? bytes.slice() as Bytes : bytes;
}

function beginsWith(bytes: Uint8Array, start: readonly number[]): boolean {
  return start.every((byte, i) => bytes[i] === byte);
}

function foreignText(bytes: Uint8Array, file: string): string {
  const kind = fileKind(bytes.subarray(0, 1024));
  return kind
    ? `${file}: is no PyTorch file but ${kind.name}; ${kind.forWeights}.`
    : `${file}: is no PyTorch file: it begins neither like a zip nor with PyTorch's magic number. ` +
      `Save the weights with torch.save(model.state_dict(), ...).`;
}
