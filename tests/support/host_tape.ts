/** Reverse-mode differentiation on the host in float64, written apart from the engine: what a recorded graph should give. */

/** A value of a graph, with its gradient once a backward pass has reached it. */
export interface HostValue {
  readonly shape: readonly number[];
  readonly data: Float64Array;
  /** Undefined where nothing that needs a gradient leads here, or the loss does not depend on it. */
  gradient?: Float64Array;
  /** Whether a gradient is wanted. */
  readonly wants: boolean;
}

type Adder = (value: HostValue) => Float64Array | undefined;

/** One element-wise function. */
export interface HostStage {
  readonly value: (x: number) => number;
  readonly slope: (x: number) => number;
}

/** Records values and what their derivatives are. */
export class HostTape {
  readonly #back: (() => void)[] = [];

  /** A leaf. */
  leaf(shape: readonly number[], data: ArrayLike<number>, wants = false): HostValue {
    return { shape, data: Float64Array.from(data), wants };
  }

  /** A loss's gradients, from 1 at the loss. */
  backward(loss: HostValue): void {
    loss.gradient = Float64Array.of(1);
    for (const back of this.#back.toReversed()) back();
  }

  #record(
    shape: readonly number[],
    data: Float64Array,
    inputs: readonly (HostValue | undefined)[],
    back: (dy: Float64Array, into: Adder) => void,
  ): HostValue {
    const result: HostValue = { shape, data, wants: inputs.some((input) => input?.wants) };
    this.#back.push(() => {
      if (result.gradient && result.wants) back(result.gradient, into);
    });
    const into: Adder = (value) =>
      value.wants ? (value.gradient ??= new Float64Array(value.data.length)) : undefined;
    return result;
  }

  /** y = x W' + bias + residual. */
  linear(x: HostValue, weight: HostValue, bias?: HostValue, residual?: HostValue): HostValue {
    const [out, width] = weight.shape;
    const rows = x.data.length / width;
    const data = new Float64Array(rows * out);
    for (let r = 0; r < rows; r++) {
      for (let o = 0; o < out; o++) {
        let sum = (bias?.data[o] ?? 0) + (residual?.data[r * out + o] ?? 0);
        for (let i = 0; i < width; i++) sum += x.data[r * width + i] * weight.data[o * width + i];
        data[r * out + o] = sum;
      }
    }
    return this.#record([rows, out], data, [x, weight, bias, residual], (dy, into) => {
      const [dx, dw, db, dr] = [x, weight, bias, residual].map((value) => value && into(value));
      dy.forEach((d, at) => {
        const [r, o] = [Math.floor(at / out), at % out];
        if (db) db[o] += d;
        if (dr) dr[at] += d;
        for (let i = 0; i < width; i++) {
          if (dx) dx[r * width + i] += d * weight.data[o * width + i];
          if (dw) dw[o * width + i] += d * x.data[r * width + i];
        }
      });
    });
  }

  /** Sum of tables of which each is repeated: element i takes `of(i)`. */
  gatherSum(
    shape: readonly number[],
    terms: readonly { readonly value: HostValue; of(i: number): number }[],
  ): HostValue {
    const size = shape.reduce((product, extent) => product * extent, 1);
    const data = Float64Array.from(
      { length: size },
      (_, i) => terms.reduce((sum, { value, of }) => sum + value.data[of(i)], 0),
    );
    return this.#record(shape, data, terms.map(({ value }) => value), (dy, into) => {
      for (const { value, of } of terms) {
        const dx = into(value);
        if (dx) dy.forEach((d, i) => dx[of(i)] += d);
      }
    });
  }

  /** Elements of tables, at places that are told, times factors that are. */
  pick(
    shape: readonly number[],
    values: readonly HostValue[],
    place: (i: number) => { readonly table: number; readonly at: number; readonly factor?: number },
  ): HostValue {
    const size = shape.reduce((product, extent) => product * extent, 1);
    const places = Array.from({ length: size }, (_, i) => place(i));
    const data = Float64Array.from(places, ({ table, at, factor = 1 }) => factor * values[table].data[at]);
    return this.#record(shape, data, values, (dy, into) => {
      const gradients = values.map(into);
      places.forEach(({ table, at, factor = 1 }, i) => {
        const dx = gradients[table];
        if (dx) dx[at] += factor * dy[i];
      });
    });
  }

  /** A chain of element-wise functions. */
  map(x: HostValue, stages: readonly HostStage[]): HostValue {
    const slopes = new Float64Array(x.data.length);
    const data = x.data.map((start, i) => {
      let [value, slope] = [start, 1];
      for (const stage of stages) [value, slope] = [stage.value(value), slope * stage.slope(value)];
      slopes[i] = slope;
      return value;
    });
    return this.#record(x.shape, data, [x], (dy, into) => {
      const dx = into(x);
      if (dx) dy.forEach((d, i) => dx[i] += d * slopes[i]);
    });
  }

  /** Softmax over the rows of a table. */
  softmax(x: HostValue): HostValue {
    const width = x.shape.at(-1)!;
    const data = new Float64Array(x.data.length);
    for (let at = 0; at < data.length; at += width) {
      const row = x.data.subarray(at, at + width);
      const largest = Math.max(...row);
      const sum = row.reduce((total, value) => total + Math.exp(value - largest), 0);
      row.forEach((value, i) => data[at + i] = Math.exp(value - largest) / sum);
    }
    return this.#record(x.shape, data, [x], (dy, into) => {
      const dx = into(x);
      for (let at = 0; dx && at < data.length; at += width) {
        let inner = 0;
        for (let i = at; i < at + width; i++) inner += data[i] * dy[i];
        for (let i = at; i < at + width; i++) dx[i] += data[i] * (dy[i] - inner);
      }
    });
  }

  /** PyTorch's layer norm over the rows of a table. */
  layerNorm(x: HostValue, scale: HostValue, shift: HostValue): HostValue {
    const width = x.shape.at(-1)!;
    const rows = x.data.length / width;
    const normal = new Float64Array(x.data.length);
    const inverse = new Float64Array(rows);
    for (let r = 0; r < rows; r++) {
      const row = x.data.subarray(r * width, (r + 1) * width);
      const mean = row.reduce((sum, value) => sum + value, 0) / width;
      const variance = row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / width;
      inverse[r] = 1 / Math.sqrt(variance + 1e-5);
      row.forEach((value, i) => normal[r * width + i] = (value - mean) * inverse[r]);
    }
    const data = normal.map((value, i) => value * scale.data[i % width] + shift.data[i % width]);
    return this.#record(x.shape, data, [x, scale, shift], (dy, into) => {
      const [dx, dscale, dshift] = [x, scale, shift].map(into);
      for (let r = 0; r < rows; r++) {
        let [mean, inner] = [0, 0];
        for (let i = 0; i < width; i++) {
          const at = r * width + i;
          if (dscale) dscale[i] += dy[at] * normal[at];
          if (dshift) dshift[i] += dy[at];
          const d = dy[at] * scale.data[i];
          mean += d / width;
          inner += d * normal[at] / width;
        }
        for (let i = 0; dx && i < width; i++) {
          const at = r * width + i;
          dx[at] += inverse[r] * (dy[at] * scale.data[i] - mean - normal[at] * inner);
        }
      }
    });
  }

  /** Mean squared difference. */
  meanSquared(x: HostValue, target: ArrayLike<number>): HostValue {
    const n = x.data.length;
    const loss = x.data.reduce((sum, value, i) => sum + (value - target[i]) ** 2 / n, 0);
    return this.#record([1], Float64Array.of(loss), [x], ([d], into) => {
      const dx = into(x);
      if (dx) x.data.forEach((value, i) => dx[i] += 2 * d * (value - target[i]) / n);
    });
  }
}
