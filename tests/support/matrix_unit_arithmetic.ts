/** How a matrix unit computes. */
export interface UnitArithmetic {
  /** Steps of K of one product. */
  readonly steps: number;
  /** Whether it cuts results to f32 instead of rounding them, as those of NVIDIA are said to. */
  readonly cuts: boolean;
}

const bits = new DataView(new ArrayBuffer(4));

/** x as f32, towards zero. */
function cut(x: number): number {
  const nearest = Math.fround(x);
  if (Math.abs(nearest) <= Math.abs(x)) return nearest;
  bits.setFloat32(0, nearest);
  bits.setUint32(0, bits.getUint32(0) - 1);
  return bits.getFloat32(0);
}

/** A line of an operand in halves: those of one slice share a scale. */
export interface SplitLine {
  readonly values: Float32Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  /** Of every slice: its scale 2^e, and what a scaled sum must reach. */
  readonly slices: readonly { readonly exponent: number; readonly least: number }[];
}

const slice = 256;

/** A row of A or a column of B as it is split; `flushes`: halves below 2^-14 count as 0. */
export function splitLine(line: Float32Array, flushes = false): SplitLine {
  const half = (x: number) => {
    const rounded = Math.f16round(x);
    return flushes && Math.abs(rounded) < 2 ** -14 ? 0 : rounded;
  };
  const [high, low] = [new Float64Array(line.length), new Float64Array(line.length)];
  const slices: { exponent: number; least: number }[] = [];
  for (let from = 0; from < line.length; from += slice) {
    const values = [...line.subarray(from, from + slice)];
    const finite = values.every(Number.isFinite);
    const most = Math.max(...values.map(Math.abs));
    const exponent = Math.min(14 - (most < 2 ** -126 ? -127 : Math.floor(Math.log2(most))), 126);
    let lost = 0;
    values.forEach((value, k) => {
      const scaled = finite ? value * 2 ** exponent : 0;
      high[from + k] = half(scaled);
      low[from + k] = half((scaled - high[from + k]) * 2048);
      if (value !== 0 && Math.abs(scaled) < 0.125) lost++;
    });
    slices.push({ exponent, least: finite ? 8192 * lost : 1e38 });
  }
  return { values: line, high, low, slices };
}

/**
 * One output of a product of f32 operands split into halves on matrix units: their sums of a step exact and then cut or rounded,
 * everything else in f32; and whether it was found again from the operands. What no GPU here can run, in the order in which
 * `matrixUnitsKernel` does it, but for parts of long sums.
 */
export function unitProduct(
  left: SplitLine,
  right: SplitLine,
  { steps, cuts }: UnitArithmetic,
): { readonly value: number; readonly again: number } {
  const stored = cuts ? cut : Math.fround;
  const [a, b] = [left.values, right.values];
  let [total, again] = [0, 0];
  for (const [s, of] of left.slices.entries()) {
    const other = right.slices[s];
    const end = Math.min((s + 1) * slice, a.length);
    let sum = 0;
    for (let k0 = s * slice; k0 < end; k0 += steps) {
      let [lowHigh, highLow, highHigh] = [0, 0, 0];
      for (let k = k0; k < Math.min(k0 + steps, end); k++) {
        lowHigh += left.low[k] * right.high[k];
        highLow += left.high[k] * right.low[k];
        highHigh += left.high[k] * right.high[k];
      }
      const cross = stored(stored(lowHigh) + highLow) / 2048;
      sum = Math.fround(sum + stored(cross + highHigh));
    }
    if (Math.abs(sum) >= of.least + other.least) {
      const exponent = -(of.exponent + other.exponent);
      const half = Math.trunc(exponent / 2);
      sum = Math.fround(Math.fround(sum * 2 ** half) * 2 ** (exponent - half));
    } else {
      again++;
      sum = 0;
      for (let k = s * slice; k < end; k++) sum = Math.fround(sum + Math.fround(a[k] * b[k]));
    }
    total = Math.fround(total + sum);
  }
  return { value: total, again };
}

/** The same sum in f32 by one running sum. */
export function plainProduct(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum = Math.fround(sum + Math.fround(a[k] * b[k]));
  return sum;
}
