/** The nearest rows of each query, nearest first, ties by row. */
export interface NearestRows {
  /** queries x k, rows of the table. */
  readonly rows: Uint32Array<ArrayBuffer>;
  /** queries x k, Euclidean. */
  readonly distances: Float64Array<ArrayBuffer>;
  /** Neighbours a query. */
  readonly k: number;
}

/**
 * Exact search by Euclidean distance (badger.md 5.2): all distances in float64, queries x rows x width operations.
 *
 * @param table rows x width. @param queries queries x width.
 * @throws {RangeError} when there are fewer rows than `k`.
 */
export function nearestRows(
  table: Float32Array,
  queries: Float32Array,
  width: number,
  k: number,
): NearestRows {
  const count = table.length / width, asked = queries.length / width;
  if (count < k) throw new RangeError(`${count} rows, expected at least the ${k} that are looked for.`);
  const rows = new Uint32Array(asked * k), distances = new Float64Array(asked * k);
  for (let query = 0; query < asked; query++) {
    const squared = Float64Array.from({ length: count }, (_, row) => {
      let sum = 0;
      for (let i = 0; i < width; i++) sum += (queries[query * width + i] - table[row * width + i]) ** 2;
      return sum;
    });
    const order = Uint32Array.from({ length: count }, (_, row) => row).sort((a, b) =>
      squared[a] - squared[b] || a - b
    );
    for (let place = 0; place < k; place++) {
      rows[query * k + place] = order[place];
      distances[query * k + place] = Math.sqrt(squared[order[place]]);
    }
  }
  return { rows, distances, k };
}

/** Plain means of the labels of the neighbours: queries x columns. */
export function meanOfRows(
  { rows, k }: NearestRows,
  labels: Float32Array,
  columns: number,
): Float32Array<ArrayBuffer> {
  const asked = rows.length / k;
  const prediction = new Float32Array(asked * columns);
  const sums = new Float64Array(columns);
  for (let query = 0; query < asked; query++) {
    sums.fill(0);
    for (const row of rows.subarray(query * k, (query + 1) * k)) {
      for (let column = 0; column < columns; column++) sums[column] += labels[row * columns + column];
    }
    prediction.set(sums.map((sum) => sum / k), query * columns);
  }
  return prediction;
}
