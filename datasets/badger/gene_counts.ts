import { descendingOrder } from "../metrics/ranking.ts";

/** How often each gene is among the most changed ones of the training rows. */
export interface GeneCounts {
  /** Rows in which the gene is among the `top` highest labels. */
  readonly top: Float32Array<ArrayBuffer>;
  /** Rows in which it is among the `top` lowest. */
  readonly bottom: Float32Array<ArrayBuffer>;
  /** Rows counted. */
  readonly rows: number;
}

/**
 * Counts of the train-weighted losses (badger.md 4.6), one a gene; a gene that never appears counts 0.
 *
 * @param labels rows x genes.
 * @param rows the training rows.
 * @param top 200 in the release; half of the genes at most.
 */
export function geneCounts(
  labels: Float32Array,
  genes: number,
  rows: Uint32Array,
  top: number = Math.min(200, genes >> 1),
): GeneCounts {
  const counts = { top: new Float32Array(genes), bottom: new Float32Array(genes), rows: rows.length };
  for (const row of rows) {
    const own = labels.subarray(row * genes, (row + 1) * genes);
    for (const gene of descendingOrder(own).subarray(0, top)) counts.top[gene]++;
    for (const gene of descendingOrder(own.map((value) => -value)).subarray(0, top)) counts.bottom[gene]++;
  }
  return counts;
}
