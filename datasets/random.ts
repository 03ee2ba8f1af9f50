/**
 * Random numbers of the host: counter-based, so that a draw depends on its keys alone and never on what was drawn before.
 */

const golden = 0x9e3779b9;

/** The 32-bit finaliser of reference-runs.md section 1: a bijection of the unsigned 32-bit integers. */
export function mix32(value: number): number {
  let x = value >>> 0;
  x ^= x >>> 16;
  x = Math.imul(x, 0x7feb352d);
  x ^= x >>> 15;
  x = Math.imul(x, 0x846ca68b);
  x ^= x >>> 16;
  return x >>> 0;
}

/** A 32-bit hash of whole numbers; the order of the keys matters. */
function hashKeys(keys: readonly number[]): number {
  let hash = golden;
  for (const key of keys) hash = mix32(hash + Math.imul(key + 1, golden));
  return hash;
}

/**
 * A stream of random numbers named by whole-number keys (seed, then whatever distinguishes the stream).
 *
 * Draw n of a stream is two rounds of `mix32` over n and two 32-bit keys; streams of different keys are independent in
 * practice, and one stream is good for 2^32 draws.
 */
export class RandomStream {
  readonly #first: number;
  readonly #second: number;
  #counter = 0;

  /** Streams with equal keys are equal. */
  constructor(...keys: number[]) {
    this.#first = hashKeys(keys);
    this.#second = hashKeys([...keys, keys.length]);
  }

  /** The next whole number of 0 .. 2^32 - 1. */
  bits(): number {
    const counter = this.#counter;
    this.#counter += 1;
    return mix32(mix32(counter ^ this.#first) + this.#second);
  }

  /** Uniform in [0, 1), from 53 random bits. */
  uniform(): number {
    const high = this.bits() >>> 5;
    const low = this.bits() >>> 6;
    return (high * 0x4000000 + low) / 0x20000000000000;
  }

  /** Uniform whole number of 0 .. n - 1, without the bias of a plain remainder. */
  below(n: number): number {
    const limit = 0x100000000 - (0x100000000 % n);
    let bits = this.bits();
    while (bits >= limit) bits = this.bits();
    return bits % n;
  }

  /** Normal with mean 0 and standard deviation 1 (Box-Muller, one of the two values). */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return radius * Math.cos(2 * Math.PI * this.uniform());
  }

  /** One of the values. */
  pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)];
  }

  /** The numbers 0 .. n - 1 in random order (Fisher-Yates). */
  permutation(n: number): Uint32Array<ArrayBuffer> {
    const order = Uint32Array.from({ length: n }, (_, i) => i);
    for (let last = n - 1; last > 0; last--) {
      const other = this.below(last + 1);
      const kept = order[last];
      order[last] = order[other];
      order[other] = kept;
    }
    return order;
  }
}
