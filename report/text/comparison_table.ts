import type { ComparisonReport } from "../comparison_report.ts";
import { number, withInterval } from "../kit/numbers.ts";
import { headlineMetrics, shortName } from "../metric.ts";
import { boundsOf, roleGroups, valueText } from "../standing.ts";
import { labelOf } from "./score_table.ts";
import type { TextTable } from "./text_table.ts";

/** Metrics that are compared. */
const width = 6;

/** Runs, free baselines and controls on the same rows, the best at the top; free baselines stand in brackets. */
export function comparisonTable(report: ComparisonReport): TextTable {
  const { primary, predictions } = report;
  const metrics = comparedMetrics(report);
  const runs = new Map(report.runs.map((run) => [run.name, run]));
  return {
    head: [
      "prediction",
      ...metrics.map(shortName),
      "lead over the best baseline, 95 %",
      "epochs",
      "first loss",
    ],
    body: roleGroups(predictions, primary).flatMap(({ members }) =>
      members.map((score) => {
        const run = score.role === "model" ? runs.get(score.name) : undefined;
        return {
          strong: score.role === "model",
          cells: [
            score.role === "baseline" ? `(${labelOf(score)})` : labelOf(score),
            ...metrics.map((name) => valueText(score, name, name === primary ? undefined : 3)),
            score.advantage ? withInterval(score.advantage.value, boundsOf(score.advantage)) : "",
            run?.epochs === undefined || run.epochs === null ? "" : String(run.epochs),
            run?.firstEpochLoss === undefined || run.firstEpochLoss === null
              ? ""
              : number(run.firstEpochLoss),
          ],
        };
      })
    ),
  };
}

/** The metrics that any model or baseline has, most interesting first. */
export function comparedMetrics({ primary, predictions }: ComparisonReport): string[] {
  const contest = predictions.filter(({ role }) => role === "model" || role === "baseline");
  return headlineMetrics(primary, contest.flatMap(({ metrics }) => Object.keys(metrics)), width);
}
