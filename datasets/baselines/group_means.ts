/** Mean profiles of training rows: over all of them and within groups. Sums are float64. */
export class GroupMeans {
  readonly #grand: Float64Array;
  readonly #means = new Map<string, Float64Array>();

  /**
   * @param values rows x columns, row-major.
   * @param rows the rows to average.
   * @param groupOf label of a row.
   */
  constructor(values: Float32Array, columns: number, rows: Uint32Array, groupOf: (row: number) => string) {
    const counts = new Map<string, number>();
    this.#grand = new Float64Array(columns);
    for (const row of rows) {
      const group = groupOf(row);
      counts.set(group, (counts.get(group) ?? 0) + 1);
      let sums = this.#means.get(group);
      if (!sums) this.#means.set(group, sums = new Float64Array(columns));
      for (let column = 0; column < columns; column++) {
        sums[column] += values[row * columns + column];
        this.#grand[column] += values[row * columns + column];
      }
    }
    for (const [group, sums] of this.#means) {
      sums.forEach((sum, column) => sums[column] = sum / counts.get(group)!);
    }
    this.#grand.forEach((sum, column) => this.#grand[column] = sum / rows.length);
  }

  /** Mean of all rows. */
  get grand(): Float64Array {
    return this.#grand;
  }

  /** Mean of the rows of a group, undefined when there is none. */
  of(group: string): Float64Array | undefined {
    return this.#means.get(group);
  }
}
