import { CheckpointError } from "./checkpoint_error.ts";
import { jsonFault } from "../json_text.ts";
import { bytesPerElement, type Dtype, elementCount, isDtype, mostTensors } from "./stored_tensor.ts";

/** Where one tensor lies in a safetensors file. */
export interface SafetensorsEntry {
  /** The tensor's name. */
  readonly name: string;
  /** Its element type. */
  readonly dtype: Dtype;
  /** Its shape; `[]` for a scalar. */
  readonly shape: readonly number[];
  /** First byte of the values, counted from the start of the file. */
  readonly begin: number;
  /** One past the last byte. */
  readonly end: number;
}

/** The decoded header of a safetensors file. */
export interface SafetensorsHeader {
  readonly metadata: ReadonlyMap<string, string>;
  /** In the order in which their values lie in the file. */
  readonly entries: readonly SafetensorsEntry[];
}

/** No header is deeper: it, a tensor, its shape. */
const deepest = 4;

/** Longest header that the format's own library accepts; a larger number is a broken file. */
const longestHeader = 100_000_000;

/**
 * Length of the JSON header, from the first eight bytes.
 * @param prefix the first bytes of the file (fewer than 8 when the file is shorter)
 * @param fileSize bytes in the file
 * @throws {CheckpointError} when the file is too short or the length cannot be right.
 */
export function safetensorsHeaderLength(prefix: Uint8Array, fileSize: number, file: string): number {
  if (prefix.length < 8) {
    throw new CheckpointError(
      `${file}: ${fileSize} bytes are too few for a safetensors file, which begins with 8 bytes of header length; ` +
        `the file may have been cut.`,
    );
  }
  const length = Number(new DataView(prefix.buffer, prefix.byteOffset, 8).getBigUint64(0, true));
  if (length > longestHeader || 8 + length > fileSize) {
    throw new CheckpointError(
      `${file}: the header length is given as ${length} bytes, but the file has ${fileSize}; ` +
        `it has been cut, or it is not a safetensors file.`,
    );
  }
  return length;
}

/**
 * Decodes and checks a header: every tensor has a known type, a sound shape, as many bytes as both promise, and
 * the tensors fill the rest of the file without a hole, an overlap or a byte too many.
 * @param json the header's bytes, without the 8 bytes of length
 * @throws {CheckpointError} naming file and tensor.
 */
export function parseSafetensorsHeader(json: Uint8Array, fileSize: number, file: string): SafetensorsHeader {
  const header = parseObject(json, file);
  const dataStart = 8 + json.length;
  const metadata = parseMetadata(header["__metadata__"], file);
  const entries = Object.entries(header)
    .filter(([name]) => name !== "__metadata__")
    .map(([name, value]) => parseEntry(name, value, dataStart, file))
    .sort((a, b) => a.begin - b.begin || a.end - b.end);

  let position = dataStart;
  let before = "the header";
  for (const entry of entries) {
    if (entry.begin !== position) {
      throw new CheckpointError(
        `${file}, tensor ${entry.name}: its values begin at byte ${entry.begin}, expected ${position}, where ` +
          `${before} ends; the header does not fit the data.`,
      );
    }
    position = entry.end;
    before = `tensor ${entry.name}`;
  }
  if (position !== fileSize) {
    throw new CheckpointError(
      `${file}: the header describes ${position} bytes, the file has ${fileSize}; ` +
        (position > fileSize
          ? `it has been cut inside or before tensor ${entries.at(-1)?.name}.`
          : `the surplus belongs to no tensor.`),
    );
  }
  return { metadata, entries };
}

function parseObject(json: Uint8Array, file: string): Record<string, unknown> {
  let header: unknown;
  let fault: string | undefined;
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(json);
    fault = jsonFault(text, { levels: deepest, keys: mostTensors });
    if (fault === undefined) header = JSON.parse(text);
  } catch (error) {
    throw new CheckpointError(
      `${file}: its header is not JSON (${
        (error as Error).message
      }); it is damaged, or it is not a safetensors file.`,
      { cause: error },
    );
  }
  if (fault !== undefined) {
    throw new CheckpointError(
      `${file}: its header ${fault}; it is damaged, or it is not a safetensors file.`,
    );
  }
  if (!isRecord(header)) {
    throw new CheckpointError(
      `${file}: its header is ${describe(header)}, expected a JSON object of tensors.`,
    );
  }
  return header;
}

function parseMetadata(value: unknown, file: string): Map<string, string> {
  if (value === undefined) return new Map();
  const entries = isRecord(value) ? Object.entries(value) : [["", 0] as const];
  const strings = entries.filter((entry): entry is [string, string] => typeof entry[1] === "string");
  if (strings.length !== entries.length) {
    throw new CheckpointError(`${file}: __metadata__ must map text to text; save the file again.`);
  }
  return new Map(strings);
}

function parseEntry(name: string, value: unknown, dataStart: number, file: string): SafetensorsEntry {
  const where = `${file}, tensor ${name.length > 100 ? `${name.slice(0, 97)}...` : name}`;
  if (!isRecord(value)) {
    throw new CheckpointError(
      `${where}: described by ${describe(value)}, expected dtype, shape and data_offsets.`,
    );
  }
  const { dtype, shape, data_offsets: offsets } = value;
  if (!isDtype(dtype)) {
    throw new CheckpointError(
      `${where}: element type ${
        describe(dtype)
      } cannot be read here, expected F32, F16, BF16, I64, ...; save it as one of these.`,
    );
  }
  if (!isSizes(shape)) {
    throw new CheckpointError(
      `${where}: shape ${describe(shape)}, expected a list of whole numbers from 0 up.`,
    );
  }
  if (!isSizes(offsets) || offsets.length !== 2 || offsets[0] > offsets[1]) {
    throw new CheckpointError(
      `${where}: data_offsets ${describe(offsets)}, expected [begin, end] with begin <= end.`,
    );
  }
  const expected = elementCount(shape) * bytesPerElement(dtype);
  if (offsets[1] - offsets[0] !== expected) {
    throw new CheckpointError(
      `${where}: ${offsets[1] - offsets[0]} bytes, expected ${expected} for ${dtype} of shape [${
        shape.join(", ")
      }].`,
    );
  }
  return { name, dtype, shape, begin: dataStart + offsets[0], end: dataStart + offsets[1] };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

function describe(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
