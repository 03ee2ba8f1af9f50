/** Statistics of columns. */
export interface ColumnStatistics {
  /** Rows that count. */
  readonly count: Float64Array;
  readonly mean: Float64Array;
  /** Biased. */
  readonly variance: Float32Array<ArrayBuffer>;
  /** Unbiased; of one row, 0. */
  readonly unbiased: Float32Array<ArrayBuffer>;
  /** Sum of squared deviations. */
  readonly squares: Float64Array;
}

/**
 * Statistics of columns over several sets of rows together, in the order of the sets.
 *
 * @param parts [sets, width, 3]: count, mean and squared deviations.
 */
export function statisticsOfBatch(parts: Float64Array, width: number): ColumnStatistics {
  const count = new Float64Array(width), mean = new Float64Array(width), squares = new Float64Array(width);
  for (let at = 0; at < parts.length; at += 3) {
    const column = at / 3 % width;
    const [rows, of, deviations] = parts.subarray(at, at + 3);
    if (rows === 0) continue;
    const all = count[column] + rows, gap = of - mean[column];
    squares[column] += deviations + gap * gap * count[column] * rows / all;
    mean[column] += gap * rows / all;
    count[column] = all;
  }
  const over = (rows: (count: number) => number) =>
    Float32Array.from(squares, (value, column) => value / Math.max(1, rows(count[column])));
  return {
    count,
    mean,
    variance: over((n) => n),
    unbiased: over((n) => n - 1),
    squares,
  };
}
