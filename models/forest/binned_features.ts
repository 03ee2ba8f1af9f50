import type { RowFeatures } from "../baselines/row_features.ts";

/** Most levels of a feature. */
const levels = 256;

/** Training rows by features, each feature in at most 256 levels: what trees are grown on. */
export interface BinnedFeatures {
  /** Rows. */
  readonly rows: number;
  /** Levels of the rows, feature after feature: features x rows. Shared, so that workers need no copy. */
  readonly levels: Uint8Array<SharedArrayBuffer>;
  /**
   * Of each feature the values between its levels, ascending: a row is in level k when k of them lie below its value. A split after level k
   * sends left what is not above `edges[k]`.
   */
  readonly edges: readonly Float32Array[];
}

/** Features of rows as trees see them: dense columns, then Morgan bits; float32, so that a stored tree sees the same. Rows x {@link width}. */
export function featureValues(features: RowFeatures, rows: Uint32Array): Float32Array {
  const dense = features.dense(rows), columns = features.denseColumns, all = width(features);
  const values = new Float32Array(rows.length * all);
  rows.forEach((row, k) => {
    values.set(dense.subarray(k * columns, (k + 1) * columns), k * all);
    for (const bit of features.onBits[features.data.drug.of[row]]) values[k * all + columns + bit] = 1;
  });
  return values;
}

/** Features of a row. */
export function width(features: RowFeatures): number {
  return features.denseColumns + features.bits;
}

/**
 * Levels of the rows. A feature of at most 256 distinct values keeps them all, with edges half-way, so that its splits are those of an exact
 * tree; others get levels of about equally many rows. An unknown value (NaN) is in the lowest level.
 */
export function binned(values: Float32Array, width: number): BinnedFeatures {
  const rows = values.length / width;
  const all = new Uint8Array(new SharedArrayBuffer(rows * width));
  const edges: Float32Array[] = [];
  const column = new Float32Array(rows);
  for (let feature = 0; feature < width; feature++) {
    for (let row = 0; row < rows; row++) column[row] = values[row * width + feature];
    const own = edgesOf(column);
    edges.push(own);
    const target = all.subarray(feature * rows, (feature + 1) * rows);
    for (let row = 0; row < rows; row++) target[row] = levelOf(column[row], own);
  }
  return { rows, levels: all, edges };
}

function edgesOf(column: Float32Array): Float32Array {
  const known = column.filter((value) => !Number.isNaN(value)).sort();
  const distinct = known.filter((value, at) => at === 0 || value !== known[at - 1]);
  if (distinct.length < 2) return new Float32Array(0);
  const middle = (at: number) => Math.fround(distinct[at] + (distinct[at + 1] - distinct[at]) / 2);
  if (distinct.length <= levels) {
    return Float32Array.from({ length: distinct.length - 1 }, (_, at) => middle(at));
  }
  const chosen = new Set<number>();
  for (let level = 1; level < levels; level++) {
    const value = known[Math.floor((level * known.length) / levels)];
    const at = upperBound(distinct, value) - 1;
    if (at + 1 < distinct.length) chosen.add(middle(at));
  }
  return Float32Array.from(chosen).sort();
}

/** How many edges lie below a value. */
function levelOf(value: number, edges: Float32Array): number {
  let low = 0, high = edges.length;
  while (low < high) {
    const at = (low + high) >> 1;
    if (value > edges[at]) low = at + 1;
    else high = at;
  }
  return low;
}

function upperBound(sorted: Float32Array, value: number): number {
  let low = 0, high = sorted.length;
  while (low < high) {
    const at = (low + high) >> 1;
    if (sorted[at] <= value) low = at + 1;
    else high = at;
  }
  return low;
}
