import type { Outputs } from "../dataset.ts";
import { degMetrics, referenceMetrics } from "./change_metrics.ts";
import { denseMetrics } from "./dense_metrics.ts";
import type { Metric } from "./metric.ts";
import { rankingMetrics, topMetrics } from "./ranking_metrics.ts";

/** Every metric there is, in the order of tables. Their formulas: specs named in `source`. */
export const metrics: readonly Metric[] = [
  ...denseMetrics,
  ...referenceMetrics,
  ...[20, 50, 100].flatMap(degMetrics),
  ...rankingMetrics(),
  ...[10, 20, 50, 100, 200].flatMap((k) => topMetrics(k)),
];

const byName = new Map(metrics.map((metric) => [metric.name, metric]));

/**
 * A metric by its name.
 *
 * @throws {RangeError} for a name that is none.
 *
 * @example
 * ```ts
 * import { metricOf } from "perturbine/datasets";
 * const { title, best, unit } = metricOf("pearsonReference");
 * ```
 */
export function metricOf(name: string): Metric {
  const metric = byName.get(name);
  if (!metric) {
    throw new RangeError(`"${name}" is no metric; expected one of ${[...byName.keys()].join(", ")}.`);
  }
  return metric;
}

/** What is at hand for metrics that need more than truth and prediction. */
export interface MetricConditions {
  /** Changes are known: the outputs are changes, or there is a control profile for each row. */
  readonly control: boolean;
  /** There are training rows to take the mean of. */
  readonly training: boolean;
  /** The scale of the prediction is chance. */
  readonly arbitraryScale?: boolean;
}

/** The metrics that mean something for such outputs and predictions. */
export function metricsFor(outputs: Outputs, conditions: MetricConditions): Metric[] {
  return metrics.filter(({ kinds, scale, needs, least = 0 }) =>
    kinds.includes(outputs.kind) && outputs.names.length >= least &&
    !((scale || outputs.kind === "profile" && needs) && conditions.arbitraryScale) &&
    (needs === undefined || conditions[needs])
  );
}

/** The metric that ranks predictions and that verdicts speak of: the one that training aims at. */
export function primaryMetric(kind: Outputs["kind"], arbitraryScale = false): Metric {
  return metricOf(kind === "signature" || arbitraryScale && kind !== "response" ? "pearson" : "mse");
}

/** How much better a value is than another: positive is better, whichever end is good. */
export function advantage({ best }: Pick<Metric, "best">, value: number, other: number): number {
  return best === "high" ? value - other : other - value;
}
