/** A stream of uniform float32 values in [-1, 1), the same for the same seed. */
export class RandomValues {
  #state: number;

  /** A stream that begins at a seed. */
  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** The next 24-bit value in [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x9e3779b9) >>> 0;
    let x = this.#state;
    x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
    x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
    return ((x ^ (x >>> 16)) >>> 8) / 2 ** 24;
  }

  /** `n` values in [-amplitude, amplitude). */
  floats(n: number, amplitude = 1): Float32Array<ArrayBuffer> {
    return Float32Array.from({ length: n }, () => amplitude * (2 * this.next() - 1));
  }

  /** An integer below `n`. */
  below(n: number): number {
    return Math.floor(this.next() * n);
  }
}
