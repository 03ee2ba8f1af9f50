import { createHash } from "node:crypto";
import type { Matrix } from "../../dataset.ts";
import { piecesOf } from "../../matrix.ts";

/** Anything that a model can learn from: numbers as they lie in memory (a matrix row by row), or texts as JSON. */
export type FingerprintPart = ArrayBufferView | Matrix | readonly unknown[] | string | number | null;

/** SHA-256 over parts in their order, each with its length, so that nothing can move from one to the next unseen. */
export function fingerprintOf(parts: readonly FingerprintPart[]): string {
  const hash = createHash("sha256");
  for (const part of parts) {
    if (isMatrix(part)) {
      hash.update(`${4 * part.rows * part.columns}:`);
      for (const piece of piecesOf(part)) hash.update(bytesOf(piece));
      continue;
    }
    const bytes = ArrayBuffer.isView(part) ? bytesOf(part) : new TextEncoder().encode(JSON.stringify(part));
    hash.update(`${bytes.length}:`).update(bytes);
  }
  return hash.digest("hex");
}

function isMatrix(part: FingerprintPart): part is Matrix {
  return typeof part === "object" && part !== null && "take" in part;
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array<ArrayBuffer> {
  return new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
}
