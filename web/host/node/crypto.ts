import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";

/** As Node's, for the one algorithm that the house uses. */
export class Hash {
  readonly #state = sha256.create();

  update(data: Uint8Array | string): this {
    this.#state.update(typeof data === "string" ? new TextEncoder().encode(data) : data);
    return this;
  }

  digest(_encoding: "hex"): string {
    return bytesToHex(this.#state.digest());
  }
}

/** As Node's. */
export function createHash(_algorithm: "sha256"): Hash {
  return new Hash();
}
