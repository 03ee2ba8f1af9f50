import { RandomStream } from "../../datasets/random.ts";
import { products } from "../baselines/dense_algebra.ts";

/**
 * Random Fourier features (Rahimi and Recht 2007): inner products of z(x) = sqrt(2 / D) cos(W x + b) approximate the Gaussian kernel
 * exp(-gamma |x - y|²) when the rows of W are drawn from N(0, 2 gamma I) and b from [0, 2 pi). The error falls as 1 / sqrt(D).
 */
export class RandomFeatures {
  private constructor(
    /** [D, columns], of gamma = 1/2. */
    readonly directions: Float64Array,
    /** [D] */
    readonly phases: Float64Array,
  ) {}

  /** Draws D of them. */
  static draw(columns: number, count: number, seed: number): RandomFeatures {
    const random = new RandomStream(seed, 0x5f);
    // Float32, so that what is stored is what is used.
    const directions = Float64Array.from({ length: count * columns }, () => Math.fround(random.normal()));
    const phases = Float64Array.from({ length: count }, () => Math.fround(2 * Math.PI * random.uniform()));
    return new RandomFeatures(directions, phases);
  }

  /** From stored ones. */
  static of(directions: ArrayLike<number>, phases: ArrayLike<number>): RandomFeatures {
    return new RandomFeatures(Float64Array.from(directions), Float64Array.from(phases));
  }

  /** W x of rows for gamma = 1/2: rows x D. Those of another gamma are sqrt(2 gamma) times as large. */
  project(rows: Float64Array): Float64Array {
    return products(rows, this.directions, this.directions.length / this.phases.length);
  }

  /** Features of projected rows, with a last one that is always 1: rows x (D + 1). */
  map(projected: Float64Array, gamma: number): Float64Array {
    const count = this.phases.length, rows = projected.length / count;
    const factor = Math.sqrt(2 * gamma), norm = Math.sqrt(2 / count);
    const values = new Float64Array(rows * (count + 1));
    for (let row = 0; row < rows; row++) {
      for (let k = 0; k < count; k++) {
        values[row * (count + 1) + k] = norm * Math.cos(factor * projected[row * count + k] + this.phases[k]);
      }
      values[row * (count + 1) + count] = 1;
    }
    return values;
  }
}
