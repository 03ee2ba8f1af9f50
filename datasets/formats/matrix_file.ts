import { isMissing } from "../readers/missing.ts";

/** What a file says about the samples or the features of its matrix. */
export interface Axis {
  /** One a sample or feature, in the order of the matrix; every one once. */
  readonly ids: readonly string[];
  /** Metadata by field name, one text an id; "" where the file has none (`-666`, `NaN`, `NA` or nothing). */
  readonly fields: ReadonlyMap<string, readonly string[]>;
}

/** An open file with one matrix of samples x features; values are read by slices, so that large files need not fit in memory. */
export interface MatrixFile extends Disposable {
  /** Path as the caller gave it. */
  readonly path: string;
  /** As people call it: `GCTX`, `GCT 1.3`, `h5ad`. */
  readonly format: string;
  /** Wells, signatures, cell lines, cells. */
  readonly samples: Axis;
  /** Genes or probes. */
  readonly features: Axis;
  /**
   * Values of the samples `begin` to `end` (exclusive), samples x features, row-major; NaN where the file has no value.
   *
   * @param features which features, by position and in any order; absent: all.
   * @throws {UserError} when the file is damaged there.
   */
  read(begin: number, end: number, features?: readonly number[]): Float32Array<ArrayBuffer>;
}

/** A metadata value, "" where the text stands for none. */
export function metadataText(text: string): string {
  return isMissing(text) ? "" : text.trim();
}

/** A value of a matrix: NaN for the codes of a missing one (`-666` is that of LINCS), and for infinities. */
export function matrixValue(value: number): number {
  return value === -666 || !Number.isFinite(value) ? NaN : value;
}

/** Samples x the chosen features out of samples x all features. */
export function pickColumns(
  values: Float32Array<ArrayBuffer>,
  width: number,
  columns: readonly number[] | undefined,
): Float32Array<ArrayBuffer> {
  if (columns === undefined) return values;
  const rows = width === 0 ? 0 : values.length / width;
  const picked = new Float32Array(rows * columns.length);
  for (let row = 0, at = 0; row < rows; row++) {
    for (const column of columns) picked[at++] = values[row * width + column];
  }
  return picked;
}
