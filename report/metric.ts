import { metricOf } from "../datasets/metrics/registry.ts";

/** What pages and tables show first, where it is there; the rest stands in a fold. */
const headlines = [
  "mse",
  "pearson",
  "pearsonDelta",
  "ndcgUp",
  "ndcgDown",
  "spearman",
  "rmse",
  "pearsonReference",
  "discriminationL1",
  "overlapDeg50",
  "pearsonPooled",
  "spearmanPooled",
  "r2Pooled",
  "pearsonPerDrug",
  "pearsonPerCell",
];

/** Names of the metrics to show first: the primary one, then others in an order of interest, at most `count`. */
export function headlineMetrics(primary: string, names: Iterable<string>, count: number): string[] {
  const there = new Set(names);
  return [primary, ...headlines.filter((name) => name !== primary && there.has(name))].slice(0, count);
}

/** What a metric is called in the head of a table; validation metrics that the registry does not have keep their names. */
export function shortName(name: string): string {
  try {
    return metricOf(name).short;
  } catch {
    return name;
  }
}

/** 1 where more is better, -1 where less is. */
export function signOf(name: string): 1 | -1 {
  return metricOf(name).best === "high" ? 1 : -1;
}
