import type { Metric } from "../../datasets/metrics/metric.ts";
import { MetricRow, TrueRow } from "../../datasets/metrics/metric_row.ts";
import { metricOf } from "../../datasets/metrics/registry.ts";

/** A metric of rows x columns values that are changes; nothing was trained on, and every row is of one drug and cell line. */
export function scoreRows(
  metric: Metric,
  predicted: Float32Array,
  truth: Float32Array,
  columns: number,
): number {
  const rows = truth.length / columns;
  const one = { length: rows };
  if (metric.pooled) {
    return metric.pooled({
      predicted,
      truth,
      columns,
      drugOf: Array.from(one, () => 0),
      cellOf: Array.from(one, () => 0),
    });
  }
  const nothing = new Float64Array(columns);
  let sum = 0;
  for (let at = 0; at < truth.length; at += columns) {
    const values = predicted.subarray(at, at + columns), own = truth.subarray(at, at + columns);
    sum += metric.perRow!(new MetricRow(new TrueRow(own, own, nothing, []), values, values));
  }
  return sum / rows;
}

/** Row Pearson, RMSE, NDCG up and down: the four figures of reference-runs.md 4 and 5. */
export function signatureFigures(predicted: Float32Array, truth: Float32Array, genes: number): number[] {
  return ["pearson", "rmse", "ndcgUp", "ndcgDown"].map((name) =>
    scoreRows(metricOf(name), predicted, truth, genes)
  );
}
