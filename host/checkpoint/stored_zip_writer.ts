import { CheckpointError } from "./checkpoint_error.ts";
import { crc32 } from "./crc32.ts";

/** One file inside a zip. */
export interface ZipEntry {
  readonly name: string;
  readonly content: Uint8Array<ArrayBuffer>;
}

/** PyTorch aligns storages so that they can be memory-mapped; so does this. */
const alignment = 64;
/** 1 January 1980, the earliest date of the format: the bytes must not depend on the clock. */
const date = 0x0021;

/**
 * The pieces of a zip file with uncompressed entries, each content beginning at a multiple of 64 bytes.
 * The bytes depend on the entries alone.
 * @throws {CheckpointError} when the file would pass 4 GiB, beyond which the format needs an extension.
 */
export function* storedZipChunks(entries: readonly ZipEntry[]): Generator<Uint8Array<ArrayBuffer>> {
  const directory: Uint8Array<ArrayBuffer>[] = [];
  let position = 0;
  for (const { name, content } of entries) {
    const encodedName = new TextEncoder().encode(name);
    const crc = crc32(content);
    const unpadded = position + 30 + encodedName.length + 4;
    const padding = (alignment - unpadded % alignment) % alignment;
    const local = record(
      30 + encodedName.length + 4 + padding,
      0x04034b50,
      4,
      content.length,
      crc,
      encodedName.length,
    );
    const view = new DataView(local.buffer);
    view.setUint16(28, 4 + padding, true);
    local.set(encodedName, 30);
    view.setUint16(30 + encodedName.length, 0x4246, true); // "FB", PyTorch's name for the padding field
    view.setUint16(32 + encodedName.length, padding, true);

    const central = record(46 + encodedName.length, 0x02014b50, 6, content.length, crc, encodedName.length);
    new DataView(central.buffer).setUint32(42, position, true);
    central.set(encodedName, 46);
    directory.push(central);

    position += local.length + content.length;
    if (position > 0xfffffffe) {
      throw new CheckpointError(
        `${name}: the file would pass 4 GiB, which this zip writer does not support; use safetensors.`,
      );
    }
    yield local;
    yield content;
  }
  const end = new Uint8Array(22);
  const view = new DataView(end.buffer);
  view.setUint32(0, 0x06054b50, true);
  view.setUint16(8, entries.length, true);
  view.setUint16(10, entries.length, true);
  view.setUint32(12, directory.reduce((sum, piece) => sum + piece.length, 0), true);
  view.setUint32(16, position, true);
  yield* directory;
  yield end;
}

/** The fields that a local and a central record share; `versionAt` is where they begin, one field later in the central one. */
function record(
  length: number,
  signature: number,
  versionAt: number,
  size: number,
  crc: number,
  nameLength: number,
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, signature, true);
  view.setUint16(4, 20, true);
  view.setUint16(versionAt, 20, true);
  view.setUint16(versionAt + 8, date, true);
  view.setUint32(versionAt + 10, crc, true);
  view.setUint32(versionAt + 14, size, true);
  view.setUint32(versionAt + 18, size, true);
  view.setUint16(versionAt + 22, nameLength, true);
  return bytes;
}
