import { rootMeanSquaredError } from "../../datasets/metrics/metrics.ts";
import { ndcg } from "../../datasets/metrics/ranking.ts";
import type { Criterion } from "../train_loop.ts";

/** Early stopping of BADGER's release: NDCG of the up-regulated genes; the others are written down (badger.md 1.1, 3.5). */
export function releasedCriterion(genes: number): Criterion {
  return {
    name: "ndcgUp",
    metrics(predicted, truth) {
      const rows = truth.length / genes;
      let up = 0, down = 0;
      for (let from = 0; from < truth.length; from += genes) {
        const s = predicted.subarray(from, from + genes), y = truth.subarray(from, from + genes);
        up += ndcg(s, y) / rows;
        down += ndcg(s.map((value) => -value), y.map((value) => -value)) / rows;
      }
      return { ndcgUp: up, ndcgDown: down, rmse: rootMeanSquaredError(predicted, truth) };
    },
  };
}
