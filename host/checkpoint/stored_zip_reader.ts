import { CheckpointError } from "./checkpoint_error.ts";
import { crc32 } from "./crc32.ts";

/** The entries of an uncompressed zip file; `get` gives an entry's bytes as a view, after checking their checksum. */
export interface StoredZip {
  readonly names: readonly string[];
  get(name: string): Uint8Array<ArrayBuffer> | undefined;
}

interface Entry {
  readonly name: string;
  readonly begin: number;
  readonly end: number;
  readonly crc: number;
  /** 0: stored as it is. */
  readonly method: number;
}

/**
 * Reads the directory of a zip file that holds its entries uncompressed, as PyTorch writes them.
 *
 * Compressed entries (TorchScript's code) are not unpacked, encrypted ones refused, and no two entries may share bytes, so a small
 * file can never grow into a large one (no zip bombs).
 * @throws {CheckpointError} naming file and entry.
 */
export function readStoredZip(bytes: Uint8Array<ArrayBuffer>, file: string): StoredZip {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const directory = findDirectory(view, file);
  const entries: Entry[] = [];
  let position = directory.offset;
  for (let i = 0; i < directory.count; i++) {
    if (position + 46 > bytes.length || view.getUint32(position, true) !== 0x02014b50) {
      throw new CheckpointError(
        `${file}: entry ${
          i + 1
        } of ${directory.count} is missing from the zip directory; the file is damaged.`,
      );
    }
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((at) =>
      view.getUint16(position + at, true)
    );
    const next = position + 46 + nameLength + extraLength + commentLength;
    if (next > bytes.length) {
      throw new CheckpointError(`${file}: the zip directory runs past the end of the file; it has been cut.`);
    }
    entries.push(readEntry(bytes, view, position, directory.offset, file));
    position = next;
  }
  refuseOverlaps(entries, file);

  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  if (byName.size !== entries.length) {
    throw new CheckpointError(`${file}: the zip directory names an entry twice; the file is damaged.`);
  }
  return {
    names: [...byName.keys()],
    get(name) {
      const entry = byName.get(name);
      if (!entry) return undefined;
      if (entry.method !== 0) {
        throw new CheckpointError(
          `${file}, entry ${name}: is compressed (method ${entry.method}); PyTorch stores weights uncompressed, so this file was ` +
            "packed again: unpack it and pack it without compression (zip -0).",
        );
      }
      const content = bytes.subarray(entry.begin, entry.end);
      if (crc32(content) !== entry.crc) {
        throw new CheckpointError(
          `${file}, entry ${name}: its checksum does not fit its content; the file is damaged, fetch it again.`,
        );
      }
      return content;
    },
  };
}

/** Finds the end-of-directory record, which a comment of up to 65,535 bytes may follow. */
function findDirectory(view: DataView, file: string): { offset: number; count: number } {
  const size = view.byteLength;
  for (let at = size - 22; at >= Math.max(0, size - 22 - 0xffff); at--) {
    if (view.getUint32(at, true) !== 0x06054b50) continue;
    let count = view.getUint16(at + 10, true);
    let offset = view.getUint32(at + 16, true);
    const locator = at - 20;
    if (
      (count === 0xffff || offset === 0xffffffff) && locator >= 0 &&
      view.getUint32(locator, true) === 0x07064b50
    ) {
      const record = Number(view.getBigUint64(locator + 8, true));
      if (record + 56 > size || view.getUint32(record, true) !== 0x06064b50) break;
      count = Number(view.getBigUint64(record + 32, true));
      offset = Number(view.getBigUint64(record + 48, true));
    }
    if (offset + 46 * count > size) break;
    return { offset, count };
  }
  throw new CheckpointError(
    `${file}: begins like a zip file but has no sound zip directory at its end; it has been cut or damaged.`,
  );
}

function readEntry(bytes: Uint8Array, view: DataView, at: number, limit: number, file: string): Entry {
  const nameLength = view.getUint16(at + 28, true);
  const extraLength = view.getUint16(at + 30, true);
  const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength));
  const where = `${file}, entry ${name}`;
  if (view.getUint16(at + 8, true) & 1) {
    throw new CheckpointError(`${where}: is encrypted; PyTorch writes no such file.`);
  }
  const method = view.getUint16(at + 10, true);
  let [packed, size, local] = [20, 24, 42].map((field) => view.getUint32(at + field, true));
  // Zip64: the sizes that did not fit in 32 bits follow in an extra field, in this order.
  for (let extra = at + 46 + nameLength, end = extra + extraLength; extra + 4 <= end;) {
    const fieldEnd = extra + 4 + view.getUint16(extra + 2, true);
    if (view.getUint16(extra, true) === 1) {
      let field = extra + 4;
      const next = (value: number) => {
        if (value !== 0xffffffff || field + 8 > Math.min(fieldEnd, end)) return value;
        field += 8;
        return Number(view.getBigUint64(field - 8, true));
      };
      size = next(size);
      packed = next(packed);
      local = next(local);
    }
    extra = fieldEnd;
  }
  if ((method === 0 && packed !== size) || local + 30 > limit || view.getUint32(local, true) !== 0x04034b50) {
    throw new CheckpointError(
      `${where}: the zip directory does not fit the file; it has been cut or damaged.`,
    );
  }
  const begin = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
  if (begin + packed > limit) {
    throw new CheckpointError(
      `${where}: ${packed} bytes from byte ${begin} run past the end of the data; the file has been cut.`,
    );
  }
  return { name, method, begin, end: begin + packed, crc: view.getUint32(at + 16, true) };
}

function refuseOverlaps(entries: readonly Entry[], file: string): void {
  const sorted = entries.filter((entry) => entry.end > entry.begin).sort((a, b) => a.begin - b.begin);
  for (let i = 1; i < sorted.length; i++) {
    if (sorted[i].begin < sorted[i - 1].end) {
      throw new CheckpointError(
        `${file}: entries ${sorted[i - 1].name} and ${
          sorted[i].name
        } share bytes; PyTorch writes no such file.`,
      );
    }
  }
}
