import type { Values } from "./order.ts";
import { areaUnderRoc, averagePrecision } from "./ranking.ts";

/** How well attention finds the known pathways of drugs; means over the rows that count. */
export interface PathwayMetrics {
  /** Rows with both a known and an unknown pathway. */
  readonly rows: number;
  /** Area under the ROC curve. */
  readonly auroc: number;
  /** Average precision. */
  readonly auprc: number;
  /** F1 at threshold 0.5, 0 when nothing is found. */
  readonly f1: number;
  /** Share of right answers at threshold 0.5. */
  readonly accuracy: number;
}

/**
 * Compares scores with 0/1 labels, one row a signature (badger.md 1.1). A row whose labels are all 0 or all 1 has no AUROC
 * and counts in none of the four.
 *
 * @param scores rows x pathways, attention mass on real fragments.
 * @param labels rows x pathways.
 */
export function pathwayMetrics(scores: Values, labels: ArrayLike<number>, pathways: number): PathwayMetrics {
  const sums = { auroc: 0, auprc: 0, f1: 0, accuracy: 0 };
  let rows = 0;
  for (let start = 0; start < scores.length; start += pathways) {
    const score = scores.slice(start, start + pathways);
    const label = Uint8Array.from({ length: pathways }, (_, i) => labels[start + i] > 0 ? 1 : 0);
    const positives = label.reduce((sum, flag) => sum + flag, 0);
    if (positives === 0 || positives === pathways) continue;
    let right = 0, found = 0, claimed = 0;
    for (let i = 0; i < pathways; i++) {
      const claim = score[i] >= 0.5 ? 1 : 0;
      claimed += claim;
      found += claim & label[i];
      if (claim === label[i]) right++;
    }
    rows++;
    sums.auroc += areaUnderRoc(score, label);
    sums.auprc += averagePrecision(score, label);
    sums.f1 += 2 * found / (claimed + positives);
    sums.accuracy += right / pathways;
  }
  const { auroc, auprc, f1, accuracy } = sums;
  return { rows, auroc: auroc / rows, auprc: auprc / rows, f1: f1 / rows, accuracy: accuracy / rows };
}
