import { createHash, type Hash } from "node:crypto";
import { CheckpointError } from "./checkpoint_error.ts";

/*
 * A safetensors file of this program says its own SHA-256, as the first of its metadata: of the whole file, with the digest's
 * own digits as zeros. One flipped bit, in a value or in the header, is found. Another program that writes the tensors anew
 * does not know of it and leaves it out, or puts it elsewhere: such a file carries no digest.
 */

/** Key of the digest among the metadata. */
export const digestKey = "perturbine_sha256";

const digits = 64;
/** How the JSON header of a file with a digest begins. */
const opening = `{"__metadata__":{"${digestKey}":"`;
/** Position of the digits in the file, after the 8 bytes of header length. */
export const digestAt = 8 + opening.length;
/** So many bytes of a file tell whether it carries a digest. */
export const digestEnd = digestAt + digits;
/** Stands in the place of the digest while it is computed. */
export const noDigest = "0".repeat(digits);

/** The digest that a file says of itself, from its first {@link digestEnd} bytes; undefined when it carries none. */
export function saidDigest(start: Uint8Array): string | undefined {
  const text = new TextDecoder("latin1").decode(start.subarray(8, digestEnd));
  // Digits that are none are a damaged digest, which no content has.
  return text.startsWith(opening) ? text.slice(opening.length) : undefined;
}

/** Hashes a file piece by piece; the first piece holds at least {@link digestEnd} bytes. */
export class FileDigest {
  readonly #hash: Hash = createHash("sha256");
  #first = true;

  /** Takes the next piece. */
  update(piece: Uint8Array): this {
    if (!this.#first) {
      this.#hash.update(piece);
      return this;
    }
    this.#first = false;
    this.#hash.update(piece.subarray(0, digestAt)).update(noDigest).update(piece.subarray(digestEnd));
    return this;
  }

  /** In hexadecimal digits. */
  digest(): string {
    return this.#hash.digest("hex");
  }
}

/** @throws {CheckpointError} when a file is not what it was when it was written. */
export function requireDigest(said: string, found: string, file: string): void {
  if (said === found) return;
  throw new CheckpointError(
    `${file}: its content has the SHA-256 ${found}, expected ${said} as it says itself; it was damaged or changed after it ` +
      "was written, so restore it from a copy.",
  );
}

/** What the writer was given. */
export function withoutDigest(metadata: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return new Map([...metadata].filter(([key]) => key !== digestKey));
}
