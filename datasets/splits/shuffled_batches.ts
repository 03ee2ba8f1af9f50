import { RandomStream } from "../random.ts";

/**
 * The rows of one epoch in random order, cut into batches.
 *
 * The order depends on (seed, epoch) alone, so a resumed run sees the batches it would have seen. The last, partial batch is
 * kept; when it would hold a single row, that row joins the batch before, because BatchNorm in training needs two (a single row in all stays a batch of one).
 */
export function shuffledBatches(
  rows: Uint32Array,
  batchSize: number,
  seed: number,
  epoch: number,
): Uint32Array<ArrayBuffer>[] {
  if (!Number.isInteger(batchSize) || batchSize < 2) {
    throw new RangeError(
      `Batch size is ${batchSize}, expected a whole number of at least 2 (BatchNorm needs two rows).`,
    );
  }
  const shuffled = new RandomStream(seed, 0xba, epoch).permutation(rows.length).map((place) => rows[place]);
  const batches: Uint32Array<ArrayBuffer>[] = [];
  for (let start = 0; start < shuffled.length;) {
    const left = shuffled.length - start;
    const size = left === batchSize + 1 ? left : Math.min(batchSize, left);
    batches.push(shuffled.slice(start, start + size));
    start += size;
  }
  return batches;
}
