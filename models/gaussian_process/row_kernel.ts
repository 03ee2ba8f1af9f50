import type { Dataset } from "../../datasets/dataset.ts";
import type { DrugKernel } from "./kernels.ts";

/** Likeness of two cell lines of which no profile is known. */
const strangers = 0.5;

/** What tells rows apart besides their drug: dose and cell line, as kernels and as columns of the regression. */
export class RowKernel {
  /** Columns of the regression: one a cell line of the training part, and log10 dose where it differs. */
  readonly columns: number;
  /** Rows of the same drug, by place in the training part. */
  readonly groups: readonly (readonly number[])[];
  /** Whether doses differ among the training rows. */
  readonly hasDoses: boolean;
  readonly #cells: readonly number[];
  readonly #cellKernel: Float64Array;
  readonly #dose: Float64Array;

  constructor(readonly data: Dataset, readonly train: Uint32Array) {
    const { drug, cell, dose } = data;
    this.#cells = [...new Set(Array.from(train, (row) => cell.of[row]))].sort((a, b) => a - b);
    const known = Array.from(train, (row) => dose[row]).filter((value) => value > 0);
    const usual = known.length > 0
      ? known.reduce((sum, value) => sum + Math.log10(value), 0) / known.length
      : 0;
    // An unknown dose counts as the usual one.
    this.#dose = Float64Array.from(dose, (value) => value > 0 ? Math.log10(value) : usual);
    this.hasDoses = new Set(Array.from(train, (row) => this.#dose[row])).size > 1;
    this.columns = this.#cells.length + (this.hasDoses ? 1 : 0);
    this.groups = [...Map.groupBy(train.keys(), (place) => drug.of[train[place]]).values()].map((
      places,
    ) => [...places]);
    this.#cellKernel = cellKernel(data);
  }

  /** Rows x {@link columns}; a cell line that is not trained on is the mean of those that are. */
  design(rows: Uint32Array): Float64Array {
    const { columns } = this, cells = this.#cells;
    const values = new Float64Array(rows.length * columns);
    rows.forEach((row, at) => {
      const own = cells.indexOf(this.data.cell.of[row]);
      if (own >= 0) values[at * columns + own] = 1;
      else values.fill(1 / cells.length, at * columns, at * columns + cells.length);
      if (this.hasDoses) values[at * columns + cells.length] = this.#dose[row];
    });
    return values;
  }

  /** k(row, other), without what two rows of one drug share beyond their kernel. */
  covariance(row: number, other: number, drugs: DrugKernel, activity: boolean): number {
    const { drug, cell } = this.data;
    const a = this.#dose[row], b = this.#dose[other];
    const active = activity ? share(a) * share(b) : 1;
    return drugs[drug.of[row] * drug.ids.length + drug.of[other]] * active * Math.exp(-((a - b) ** 2) / 2) *
      this.#cellKernel[cell.of[row] * cell.ids.length + cell.of[other]];
  }

  /** Training rows x training rows, with `sameDrug` more among rows of one drug. */
  matrix(drugs: DrugKernel, sameDrug: number, activity: boolean): Float64Array {
    const { train, data: { drug } } = this, n = train.length;
    // The surplus belongs to the drug kernel: dose and cell line multiply it too.
    const surplus = drugs.slice();
    for (let unit = 0; unit < drug.ids.length; unit++) surplus[unit * drug.ids.length + unit] += sameDrug;
    const matrix = new Float64Array(n * n);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) {
        matrix[i * n + j] = matrix[j * n + i] = this.covariance(train[i], train[j], surplus, activity);
      }
    }
    return matrix;
  }
}

/** d / (d + 1 µM) of log10 d. */
function share(dose: number): number {
  return 1 / (1 + 10 ** -dose);
}

/** Gaussian kernel of the mean untreated profiles with the median distance as its width; without profiles a constant between two lines. */
function cellKernel({ cell, basal, rows }: Dataset): Float64Array {
  const count = cell.ids.length, kernel = new Float64Array(count * count).fill(strangers);
  for (let a = 0; a < count; a++) kernel[a * count + a] = 1;
  if (!basal || count === 1) return kernel;
  const means = Array.from({ length: count }, () => new Float64Array(basal.columns)),
    counts = new Float64Array(count);
  for (let row = 0; row < rows; row++) {
    const own = means[cell.of[row]];
    counts[cell.of[row]]++;
    basal.take([row]).forEach((value, gene) => own[gene] += value);
  }
  const squares = (a: number, b: number) =>
    means[a].reduce((sum, value, gene) => sum + (value / counts[a] - means[b][gene] / counts[b]) ** 2, 0);
  const pairs: { a: number; b: number; distance: number }[] = [];
  for (let a = 0; a < count; a++) for (let b = 0; b < a; b++) pairs.push({ a, b, distance: squares(a, b) });
  const median = pairs.map(({ distance }) => distance).sort((x, y) => x - y)[pairs.length >> 1] || 1;
  for (const { a, b, distance } of pairs) {
    kernel[a * count + b] = kernel[b * count + a] = Math.exp(-distance / (2 * median));
  }
  return kernel;
}
