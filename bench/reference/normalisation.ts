import type { Reference } from "../../testing/reference.ts";

/** Mean and sum of squared deviations of strided values. */
function moments(values: ArrayLike<number>, first: number, stride: number, count: number) {
  let mean = 0;
  for (let i = 0; i < count; i++) mean += values[first + i * stride] / count;
  let squares = 0;
  for (let i = 0; i < count; i++) squares += (values[first + i * stride] - mean) ** 2;
  return { mean, squares };
}

/** LayerNorm of PyTorch (biased variance, epsilon inside the root) or MAT (unbiased deviation, epsilon beside it). */
export function layerNormReference(kind: "torch" | "mat", rows: number, width: number): Reference {
  const statistics = (x: ArrayLike<number>, row: number) => {
    const { mean, squares } = moments(x, row * width, 1, width);
    if (kind === "torch") return { mean, divisor: Math.sqrt(squares / width + 1e-5), deviation: 0 };
    const deviation = Math.sqrt(squares / (width - 1));
    return { mean, divisor: deviation + 1e-6, deviation };
  };
  return {
    forward({ x, scale, shift }) {
      const ofRow = Array.from({ length: rows }, (_, row) => statistics(x, row));
      return Float64Array.from({ length: rows * width }, (_, i) => {
        const { mean, divisor } = ofRow[Math.floor(i / width)];
        return scale[i % width] * (x[i] - mean) / divisor + shift[i % width];
      });
    },
    backward({ x, scale }, dy) {
      const dx = new Float64Array(rows * width);
      const dscale = new Float64Array(width);
      const dshift = new Float64Array(width);
      for (let row = 0; row < rows; row++) {
        const { mean, divisor, deviation } = statistics(x, row);
        let sum = 0;
        let inner = 0;
        for (let c = 0; c < width; c++) {
          const i = row * width + c;
          sum += dy[i] * scale[c];
          inner += dy[i] * scale[c] * (x[i] - mean);
          dscale[c] += dy[i] * (x[i] - mean) / divisor;
          dshift[c] += dy[i];
        }
        // d divisor / dx_i is (x_i - mean) over: width divisor (torch), (width - 1) deviation (MAT; 0 for a flat row).
        const spread = kind === "torch" ? width * divisor : (width - 1) * deviation;
        for (let c = 0; c < width; c++) {
          const i = row * width + c;
          const through = spread > 0 ? inner / divisor ** 2 * (x[i] - mean) / spread : 0;
          dx[i] = (dy[i] * scale[c] - sum / width) / divisor - through;
        }
      }
      return { x: dx, scale: dscale, shift: dshift };
    },
  };
}

/** BatchNorm1d: statistics of the batch (train) or running ones. */
export function batchNormReference(train: boolean, rows: number, width: number): Reference {
  const statistics = (
    x: ArrayLike<number>,
    mean: ArrayLike<number>,
    variance: ArrayLike<number>,
    c: number,
  ) => {
    if (!train) return { mean: mean[c], divisor: Math.sqrt(variance[c] + 1e-5) };
    const of = moments(x, c, width, rows);
    return { mean: of.mean, divisor: Math.sqrt(of.squares / rows + 1e-5) };
  };
  return {
    forward({ x, scale, shift, runningMean, runningVariance }) {
      const ofColumn = Array.from(
        { length: width },
        (_, c) => statistics(x, runningMean, runningVariance, c),
      );
      return Float64Array.from({ length: rows * width }, (_, i) => {
        const c = i % width;
        const { mean, divisor } = ofColumn[c];
        return scale[c] * (x[i] - mean) / divisor + shift[c];
      });
    },
    backward({ x, scale, runningMean, runningVariance }, dy) {
      const dx = new Float64Array(rows * width);
      const dscale = new Float64Array(width);
      const dshift = new Float64Array(width);
      for (let c = 0; c < width; c++) {
        const { mean, divisor } = statistics(x, runningMean, runningVariance, c);
        for (let row = 0; row < rows; row++) {
          const i = row * width + c;
          dscale[c] += dy[i] * (x[i] - mean) / divisor;
          dshift[c] += dy[i];
        }
        for (let row = 0; row < rows; row++) {
          const i = row * width + c;
          const normal = (x[i] - mean) / divisor;
          const pulled = train ? (dshift[c] + normal * dscale[c]) / rows : 0;
          dx[i] = scale[c] * (dy[i] - pulled) / divisor;
        }
      }
      return { x: dx, scale: dscale, shift: dshift };
    },
  };
}

/** Running statistics after one training batch: momentum 0.1, unbiased variance. */
export function movedStatistics(
  x: ArrayLike<number>,
  mean: ArrayLike<number>,
  variance: ArrayLike<number>,
  rows: number,
  width: number,
): { mean: number[]; variance: number[] } {
  const of = Array.from({ length: width }, (_, c) => moments(x, c, width, rows));
  return {
    mean: of.map((column, c) => 0.9 * mean[c] + 0.1 * column.mean),
    variance: of.map((column, c) => 0.9 * variance[c] + 0.1 * column.squares / (rows - 1)),
  };
}

/** Softmax of every row. */
export function softmaxReference(rows: number, width: number): Reference {
  const forward = ({ x }: Readonly<Record<string, ArrayLike<number>>>) => {
    const y = new Float64Array(rows * width);
    for (let row = 0; row < rows; row++) {
      let largest = -Infinity;
      for (let c = 0; c < width; c++) largest = Math.max(largest, x[row * width + c]);
      let sum = 0;
      for (let c = 0; c < width; c++) sum += y[row * width + c] = Math.exp(x[row * width + c] - largest);
      for (let c = 0; c < width; c++) y[row * width + c] /= sum;
    }
    return y;
  };
  return {
    forward,
    backward(inputs, dy) {
      const y = forward(inputs);
      const dx = new Float64Array(rows * width);
      for (let row = 0; row < rows; row++) {
        let inner = 0;
        for (let c = 0; c < width; c++) inner += y[row * width + c] * dy[row * width + c];
        for (let c = 0; c < width; c++) {
          dx[row * width + c] = y[row * width + c] * (dy[row * width + c] - inner);
        }
      }
      return { x: dx };
    },
  };
}
