import type { Role } from "../datasets/evaluation/types.ts";
import type { RunReport } from "../report/run_report.ts";

/** A number over folds. */
export interface FoldMoments {
  /** Over the folds that have it. */
  readonly mean: number;
  /** Sample standard deviation; 0 of one fold. */
  readonly deviation: number;
  /** Folds that have it. */
  readonly folds: number;
}

/** One prediction's metrics over all folds of a cross-validation. */
export interface FoldScore {
  /** As in the table of each fold. */
  readonly name: string;
  /** What it is to the reader. */
  readonly role: Role;
  /** By the names of the metric registry. */
  readonly metrics: Readonly<Record<string, FoldMoments>>;
}

/**
 * Mean and deviation of every prediction's metrics over the folds of one model; the model first, in the order of the first fold.
 *
 * @example
 * ```ts
 * const [model] = overFolds((await trainSeries(foldRuns(config, "runs/folds"))).map(({ report }) => report));
 * console.log(model.metrics.mse.mean, model.metrics.mse.deviation);
 * ```
 */
export function overFolds(reports: readonly Pick<RunReport, "predictions">[]): FoldScore[] {
  const entries = new Map<
    string,
    { readonly name: string; readonly role: Role; values: Map<string, number[]> }
  >();
  for (const { name, role, metrics } of reports.flatMap(({ predictions }) => predictions)) {
    const key = `${role} ${name}`;
    const entry = entries.get(key) ?? { name, role, values: new Map() };
    entries.set(key, entry);
    for (const [metric, value] of Object.entries(metrics)) {
      entry.values.set(metric, [...entry.values.get(metric) ?? [], value]);
    }
  }
  return [...entries.values()].map(({ name, role, values }) => ({
    name,
    role,
    metrics: Object.fromEntries([...values].map(([metric, list]) => [metric, momentsOf(list)])),
  }));
}

/** Of one metric, a value a fold. */
export function momentsOf(values: readonly number[]): FoldMoments {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / Math.max(1, values.length - 1)), folds: values.length };
}
