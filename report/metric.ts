/** How a metric is shown. */
export interface MetricInfo {
  readonly title: string;
  readonly lowerIsBetter: boolean;
}
export function metricInfo(name: string): MetricInfo {
  return { title: name, lowerIsBetter: /mse|mae|error/i.test(name) };
}
