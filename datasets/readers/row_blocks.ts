/** Values of a block at most: 4 MB. */
const blockSize = 1 << 20;
/** Rows of the first block; each further one holds twice as many, as far as `blockSize` lets it. */
const firstRows = 64;

/**
 * Rows of a table whose number is not known before its end, kept in blocks: nothing is moved when another one is needed, and when all
 * are put together each block is given back as soon as it is copied, so that the values are never in memory twice.
 */
export class RowBlocks {
  readonly #width: number;
  readonly #blocks: Float32Array<ArrayBuffer>[] = [];
  /** Rows before the last block, and the end of that block. */
  #begin = 0;
  #end = 0;

  /** @param width values a row. */
  constructor(width: number) {
    this.#width = width;
  }

  /** A row to be filled, 0 for the first; rows come in their order, those that are left out stay zero. */
  row(at: number): Float32Array<ArrayBuffer> {
    while (at >= this.#end) this.#add();
    const start = (at - this.#begin) * this.#width;
    return this.#blocks.at(-1)!.subarray(start, start + this.#width);
  }

  #add(): void {
    const most = Math.max(1, Math.floor(blockSize / Math.max(1, this.#width)));
    const rows = Math.min(most, firstRows * 2 ** Math.min(this.#blocks.length, 20));
    this.#blocks.push(new Float32Array(rows * this.#width));
    this.#begin = this.#end;
    this.#end += rows;
  }

  /** The given columns of so many rows, row-major. Nothing is left here afterwards. */
  join(rows: number, columns: readonly number[]): Float32Array<ArrayBuffer> {
    const width = this.#width, all = new Float32Array(rows * columns.length);
    const isWhole = columns.length === width && columns.every((column, at) => column === at);
    let to = 0;
    for (const block of this.#blocks) {
      for (let from = 0; from < block.length && to < all.length; from += width) {
        if (isWhole) {
          all.set(block.subarray(from, from + width), to);
          to += width;
        } else for (const column of columns) all[to++] = block[from + column];
      }
      // The memory is free at once, not when it is collected.
      block.buffer.transfer(0);
    }
    this.#blocks.length = 0;
    return all;
  }
}
