import type { Reference } from "../../testing/reference.ts";

/** y[r] = x[index[r]]. */
export function gatherReference(index: ArrayLike<number>, sources: number, width: number): Reference {
  return {
    forward: ({ x }) =>
      Float64Array.from(
        { length: index.length * width },
        (_, i) => x[index[Math.floor(i / width)] * width + i % width],
      ),
    backward(_, dy) {
      const dx = new Float64Array(sources * width);
      for (let i = 0; i < dy.length; i++) dx[index[Math.floor(i / width)] * width + i % width] += dy[i];
      return { x: dx };
    },
  };
}

/** Mean of the rows of each segment; rows past the last belong to none. */
export function segmentMeanReference(starts: ArrayLike<number>, rows: number, width: number): Reference {
  const segments = starts.length - 1;
  return {
    forward({ x }) {
      const y = new Float64Array(segments * width);
      for (let s = 0; s < segments; s++) {
        for (let row = starts[s]; row < starts[s + 1]; row++) {
          for (let c = 0; c < width; c++) {
            y[s * width + c] += x[row * width + c] / (starts[s + 1] - starts[s]);
          }
        }
      }
      return y;
    },
    backward(_, dy) {
      const dx = new Float64Array(rows * width);
      for (let s = 0; s < segments; s++) {
        for (let row = starts[s]; row < starts[s + 1]; row++) {
          for (let c = 0; c < width; c++) {
            dx[row * width + c] = dy[s * width + c] / (starts[s + 1] - starts[s]);
          }
        }
      }
      return { x: dx };
    },
  };
}
