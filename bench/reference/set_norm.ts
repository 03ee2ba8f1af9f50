import type { Reference } from "../../testing/reference.ts";

/** Set normalisation as released, without a mask: every set divided by its variance (badger.md 2.4). */
export function setNormReference(
  { samples, elements, width }: {
    readonly samples: number;
    readonly elements: number;
    readonly width: number;
  },
): Reference {
  const size = elements * width;
  const statistics = (x: ArrayLike<number>, sample: number) => {
    let mean = 0;
    let variance = 0;
    for (let i = sample * size; i < (sample + 1) * size; i++) mean += x[i] / size;
    for (let i = sample * size; i < (sample + 1) * size; i++) variance += (x[i] - mean) ** 2 / size;
    return { mean, factor: 1 / (variance + 1e-5) };
  };
  return {
    forward({ x, scale, shift }) {
      const y = new Float64Array(x.length);
      for (let sample = 0; sample < samples; sample++) {
        const { mean, factor } = statistics(x, sample);
        for (let i = sample * size; i < (sample + 1) * size; i++) {
          y[i] = scale[i % width] * (x[i] - mean) * factor + shift[i % width];
        }
      }
      return y;
    },
    backward({ x, scale }, dy) {
      const dx = new Float64Array(x.length);
      const dscale = new Float64Array(width);
      const dshift = new Float64Array(width);
      for (let sample = 0; sample < samples; sample++) {
        const { mean, factor } = statistics(x, sample);
        let sum = 0;
        let moment = 0;
        for (let i = sample * size; i < (sample + 1) * size; i++) {
          sum += dy[i] * scale[i % width];
          moment += dy[i] * scale[i % width] * (x[i] - mean);
          dscale[i % width] += dy[i] * (x[i] - mean) * factor;
          dshift[i % width] += dy[i];
        }
        // d factor / dx = -2 factor^2 (x - mean) / size
        for (let i = sample * size; i < (sample + 1) * size; i++) {
          dx[i] = factor * (dy[i] * scale[i % width] - sum / size) -
            2 * factor ** 2 * (x[i] - mean) * moment / size;
        }
      }
      return { x: dx, scale: dscale, shift: dshift };
    },
  };
}
