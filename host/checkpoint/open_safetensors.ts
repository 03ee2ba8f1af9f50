import { CheckpointError } from "./checkpoint_error.ts";
import { digestEnd, FileDigest, requireDigest, saidDigest, withoutDigest } from "./file_digest.ts";
import {
  parseSafetensorsHeader,
  type SafetensorsEntry,
  safetensorsHeaderLength,
} from "./safetensors_header.ts";
import { type StoredTensor, tensorFromBytes } from "./stored_tensor.ts";
import { type OpenFile, system } from "../system.ts";

/** An open safetensors file whose tensors are read one by one. Close it, or hold it with `using`. */
export interface SafetensorsFile extends Disposable {
  /** As given when it was opened. */
  readonly path: string;
  /** Whether it says its own SHA-256, as files of this program do: it was checked then. False: of another program. */
  readonly verified: boolean;
  /** Texts of the header. */
  readonly metadata: ReadonlyMap<string, string>;
  /** In file order. */
  readonly entries: readonly SafetensorsEntry[];
  /** Whether there is a tensor of that name. */
  has(name: string): boolean;
  /** Reads one tensor. @throws {CheckpointError} when there is none of that name, or the file has been cut since. */
  read(name: string): Promise<StoredTensor>;
  /** Gives the file handle back. */
  close(): void;
}

/**
 * Opens a safetensors file and reads its header, so that a file of hundreds of megabytes can be read tensor by tensor. One that
 * says its own SHA-256 is read through once and must have it.
 * @throws {CheckpointError} when the file is missing, its header is not sound, or its content has another SHA-256.
 */
export async function openSafetensors(path: string): Promise<SafetensorsFile> {
  const file = await openForReading(path);
  try {
    const size = (await file.stat()).size;
    const said = saidDigest(await readAt(file, 0, Math.min(digestEnd, size), path));
    const length = safetensorsHeaderLength(await readAt(file, 0, Math.min(8, size), path), size, path);
    const header = parseSafetensorsHeader(await readAt(file, 8, length, path), size, path);
    if (said !== undefined) requireDigest(said, await digestOf(file), path);
    const byName = new Map(header.entries.map((entry) => [entry.name, entry]));
    const close = () => file.close();
    // Reads share one file position, so they queue.
    let queue: Promise<unknown> = Promise.resolve();
    return {
      path,
      verified: said !== undefined,
      metadata: said === undefined ? header.metadata : withoutDigest(header.metadata),
      entries: header.entries,
      has: (name) => byName.has(name),
      read(name) {
        const entry = byName.get(name);
        if (!entry) {
          return Promise.reject(
            new CheckpointError(`${path} has no tensor ${name}; it holds ${namesOf(header.entries)}.`),
          );
        }
        const bytes = queue.then(() => readAt(file, entry.begin, entry.end - entry.begin, path));
        queue = bytes.catch(() => {});
        return bytes.then((values) => tensorFromBytes(entry.dtype, entry.shape, values));
      },
      close,
      [Symbol.dispose]: close,
    };
  } catch (error) {
    file.close();
    throw error;
  }
}

async function openForReading(path: string): Promise<OpenFile> {
  try {
    return await system.open(path, { read: true });
  } catch (error) {
    if (error instanceof system.errors.NotFound) {
      throw new CheckpointError(`${path} does not exist; check the path.`, { cause: error });
    }
    throw error;
  }
}

/** In flat memory. */
async function digestOf(file: OpenFile): Promise<string> {
  const digest = new FileDigest();
  const block = new Uint8Array(1 << 20);
  await file.seek(0, 0);
  // The first piece must hold the digest's place, and a read may give less than was asked for.
  let filled = 0;
  for (let read = await file.read(block); read !== null; read = await file.read(block.subarray(filled))) {
    filled += read;
    if (filled < block.length) continue;
    digest.update(block);
    filled = 0;
  }
  return digest.update(block.subarray(0, filled)).digest();
}

async function readAt(
  file: OpenFile,
  position: number,
  length: number,
  path: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length);
  await file.seek(position, 0);
  let filled = 0;
  while (filled < length) {
    const count = await file.read(bytes.subarray(filled));
    if (count === null) {
      throw new CheckpointError(
        `${path}: ends at byte ${position + filled}, expected ${
          length - filled
        } bytes more; it has been cut.`,
      );
    }
    filled += count;
  }
  return bytes;
}

function namesOf(entries: readonly SafetensorsEntry[]): string {
  const names = entries.slice(0, 5).map((entry) => entry.name).join(", ");
  return entries.length > 5 ? `${names} and ${entries.length - 5} more` : names || "none";
}
