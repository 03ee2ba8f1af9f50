import { createHash } from "node:crypto";

/** Anything that a model can learn from: numbers as they lie in memory, or texts as JSON. */
export type FingerprintPart = ArrayBufferView | readonly unknown[] | string | number | null;

/** SHA-256 over parts in their order, each with its length, so that nothing can move from one to the next unseen. */
export function fingerprintOf(parts: readonly FingerprintPart[]): string {
  const hash = createHash("sha256");
  for (const part of parts) {
    const bytes = ArrayBuffer.isView(part)
      ? new Uint8Array(part.buffer as ArrayBuffer, part.byteOffset, part.byteLength)
      : new TextEncoder().encode(JSON.stringify(part));
    hash.update(`${bytes.length}:`).update(bytes);
  }
  return hash.digest("hex");
}
