import { CheckpointError } from "./checkpoint_error.ts";
import {
  digestAt,
  digestEnd,
  digestKey,
  FileDigest,
  noDigest,
  requireDigest,
  saidDigest,
  withoutDigest,
} from "./file_digest.ts";
import {
  parseSafetensorsHeader,
  type SafetensorsHeader,
  safetensorsHeaderLength,
} from "./safetensors_header.ts";
import {
  bytesOfTensor,
  bytesPerElement,
  checkTensor,
  type Dtype,
  elementCount,
  type StoredTensor,
  tensorFromBytes,
  type TensorMap,
} from "./stored_tensor.ts";

/** Text kept in the header of a safetensors file. */
export type SafetensorsMetadata = ReadonlyMap<string, string> | Readonly<Record<string, string>>;

/**
 * Reads a safetensors file held in memory: 8 bytes of little-endian header length, a JSON header, raw
 * little-endian values (https://huggingface.co/docs/safetensors).
 *
 * Tensors come in file order and in their stored element type; `toFloat32` widens one. They may share memory
 * with `bytes`.
 * @param file name for messages
 * @throws {CheckpointError} naming file and tensor when the header is not sound or does not fit the data, or the file says
 * another SHA-256 than it has.
 */
export function readSafetensors(bytes: Uint8Array<ArrayBuffer>, file = "safetensors data"): TensorMap {
  const header = headerOf(bytes, file);
  return new Map(
    header.entries.map((entry) => [
      entry.name,
      tensorFromBytes(entry.dtype, entry.shape, bytes.subarray(entry.begin, entry.end)),
    ]),
  );
}

/** The metadata texts of a safetensors file held in memory. @throws {CheckpointError} as `readSafetensors` does. */
export function readSafetensorsMetadata(
  bytes: Uint8Array<ArrayBuffer>,
  file = "safetensors data",
): ReadonlyMap<string, string> {
  return headerOf(bytes, file).metadata;
}

function headerOf(bytes: Uint8Array<ArrayBuffer>, file: string): SafetensorsHeader {
  const length = safetensorsHeaderLength(bytes.subarray(0, 8), bytes.length, file);
  const header = parseSafetensorsHeader(bytes.subarray(8, 8 + length), bytes.length, file);
  const said = saidDigest(bytes.subarray(0, digestEnd));
  if (said === undefined) return header;
  requireDigest(said, new FileDigest().update(bytes).digest(), file);
  return { ...header, metadata: withoutDigest(header.metadata) };
}

/**
 * Tensors as the bytes of a safetensors file. The bytes depend on nothing but the arguments: tensors and metadata
 * keep their order, the header is padded with blanks to a multiple of 8 bytes, and the first of the metadata is the file's
 * SHA-256 (`perturbine_sha256`), which reading checks.
 * @throws {CheckpointError} when an array does not fit its dtype and shape, or a name is not allowed.
 */
export function writeSafetensors(
  tensors: ReadonlyMap<string, StoredTensor>,
  metadata?: SafetensorsMetadata,
): Uint8Array<ArrayBuffer> {
  const chunks = [...safetensorsChunks(tensors, metadata)];
  const bytes = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let position = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, position);
    position += chunk.length;
  }
  return bytes;
}

/**
 * The same bytes as `writeSafetensors`, piece by piece and without a copy of the values: for files of hundreds
 * of megabytes.
 * @throws {CheckpointError} before the first piece, as `writeSafetensors` does.
 */
export function* safetensorsChunks(
  tensors: ReadonlyMap<string, StoredTensor>,
  metadata?: SafetensorsMetadata,
): Generator<Uint8Array<ArrayBuffer>> {
  for (const [name, tensor] of tensors) checkTensor(name, tensor);
  yield* safetensorsPieces(
    new Map(
      [...tensors].map(([name, tensor]) => [name, { ...tensor, pieces: () => [bytesOfTensor(tensor)] }]),
    ),
    metadata,
  );
}

/** A tensor whose bytes are made when they are asked for: twice, the same both times. */
export interface TensorPieces {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** Its values in order, as little-endian bytes. */
  pieces(): Iterable<Uint8Array<ArrayBuffer>>;
}

/**
 * The bytes of a safetensors file, piece by piece. Values are gone through twice: the header, which comes first, holds their SHA-256.
 * @throws {CheckpointError} before the first piece when a name is not allowed, or the pieces are not as long as the shape says.
 */
export function* safetensorsPieces(
  tensors: ReadonlyMap<string, TensorPieces>,
  metadata?: SafetensorsMetadata,
): Generator<Uint8Array<ArrayBuffer>> {
  // Written by hand: a JavaScript object would move number-like names ("0", "1") to the front.
  const members: string[] = [];
  const texts = metadata instanceof Map ? [...metadata] : Object.entries(metadata ?? {});
  const given = texts.filter(([key]) => key !== digestKey);
  const pairs = [[digestKey, noDigest], ...given].map(([key, text]) =>
    `${JSON.stringify(key)}:${JSON.stringify(text)}`
  );
  members.push(`"__metadata__":{${pairs.join(",")}}`);
  let offset = 0;
  for (const [name, { dtype, shape }] of tensors) {
    if (name === "__metadata__") {
      throw new CheckpointError(
        "A tensor cannot be called __metadata__: safetensors keeps that name for itself.",
      );
    }
    const end = offset + elementCount(shape) * bytesPerElement(dtype);
    members.push(
      `${JSON.stringify(name)}:{"dtype":"${dtype}","shape":[${
        shape.join(",")
      }],"data_offsets":[${offset},${end}]}`,
    );
    offset = end;
  }
  const header = new TextEncoder().encode(`{${members.join(",")}}`);
  const padded = Math.ceil(header.length / 8) * 8;
  const start = new Uint8Array(8 + padded).fill(0x20);
  new DataView(start.buffer).setBigUint64(0, BigInt(padded), true);
  start.set(header, 8);
  const digest = new FileDigest().update(start);
  for (const [name, { dtype, shape, pieces }] of tensors) {
    let length = 0;
    for (const piece of pieces()) {
      digest.update(piece);
      length += piece.length;
    }
    const expected = elementCount(shape) * bytesPerElement(dtype);
    if (length !== expected) {
      throw new CheckpointError(
        `Tensor ${name}: ${length} bytes, expected ${expected} for shape [${shape.join(", ")}].`,
      );
    }
  }
  start.set(new TextEncoder().encode(digest.digest()), digestAt);
  yield start;
  for (const { pieces } of tensors.values()) yield* pieces();
}
