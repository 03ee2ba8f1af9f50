import { MersenneTwister } from "./mersenne_twister.ts";

/**
 * numpy's legacy generator (`numpy.random.seed`, `shuffle`, `permutation`): MT19937, whole numbers by masked rejection.
 *
 * Used only where folds of the released projects are to be repeated. Source: badger.md 4.7; numpy `random_interval`.
 */
export class NumpyRandom {
  readonly #generator: MersenneTwister;

  /** As after `numpy.random.seed(seed)`. */
  constructor(seed: number) {
    this.#generator = new MersenneTwister(seed);
  }

  /** Uniform whole number of 0 .. most: draws are masked to its bits, and repeated while they exceed it. */
  interval(most: number): number {
    if (most === 0) return 0;
    const mask = 0xffffffff >>> Math.clz32(most);
    let value = this.#generator.next() & mask;
    while ((value >>> 0) > most) value = this.#generator.next() & mask;
    return value >>> 0;
  }

  /** The numbers 0 .. n - 1 as `shuffle(arange(n))` and `permutation(n)` leave them. */
  permutation(n: number): Uint32Array<ArrayBuffer> {
    const order = Uint32Array.from({ length: n }, (_, i) => i);
    for (let last = n - 1; last > 0; last--) {
      const other = this.interval(last);
      const kept = order[last];
      order[last] = order[other];
      order[other] = kept;
    }
    return order;
  }
}
