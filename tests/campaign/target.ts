import { joined } from "../support/joined.ts";
import { mutateBytes, mutateJson, mutateTable } from "./mutate.ts";
import type { Draws } from "./random.ts";

/** A format that is attacked. */
export interface Target {
  readonly name: string;
  /** Where a reader wants a file; else the bytes themselves are read. */
  readonly file?: string;
  /** A sound file. */
  make(folder: string): Promise<Uint8Array<ArrayBuffer>>;
  mutate(whole: Uint8Array<ArrayBuffer>, draws: Draws): Uint8Array<ArrayBuffer>;
  /** What the program takes from it. */
  read(place: string, bytes: Uint8Array<ArrayBuffer>): unknown;
}

/** As UTF-8. */
export const encode = (text: string) => new TextEncoder().encode(text);
/** From UTF-8. */
export const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** A table is changed cell by cell three times of four, else byte by byte. */
export const table = (separator: string): Target["mutate"] => (whole, draws) =>
  draws.below(4) > 0 ? encode(mutateTable(decode(whole), separator, draws)) : mutateBytes(whole, draws);
/** JSON is changed value by value three times of four, else byte by byte. */
export const json: Target["mutate"] = (whole, draws) =>
  draws.below(4) > 0 ? encode(mutateJson(decode(whole), draws)) : mutateBytes(whole, draws);

/** A table of text. */
export function tableTarget(
  name: string,
  text: string,
  read: (path: string) => unknown,
  { separator = ",", file = "table.csv" } = {},
): Target {
  return { name, file, make: () => Promise.resolve(encode(text)), mutate: table(separator), read };
}

/** A file of JSON. */
export function jsonTarget(name: string, value: unknown, read: (path: string) => unknown): Target {
  const text = JSON.stringify(value);
  return {
    name,
    file: `${name}.json`,
    make: () => Promise.resolve(encode(text)),
    mutate: json,
    read,
  };
}

/** A header of safetensors that says no SHA-256, as of another program. */
export function safetensors(header: string, data: Uint8Array): Uint8Array<ArrayBuffer> {
  const length = new Uint8Array(8), text = encode(header);
  new DataView(length.buffer).setBigUint64(0, BigInt(text.length), true);
  return joined(length, text, data);
}

/** A safetensors file of this program without the words by which it says its SHA-256: damage must be met behind the digest too. */
export function withoutDigest(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const length = new DataView(bytes.buffer).getUint32(0, true);
  const header = JSON.parse(decode(bytes.subarray(8, 8 + length)));
  delete header.__metadata__.perturbine_sha256;
  return safetensors(JSON.stringify(header), bytes.subarray(8 + length));
}
