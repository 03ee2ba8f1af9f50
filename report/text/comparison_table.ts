import type { Scored } from "../../datasets/evaluation/types.ts";
import type { ComparisonReport } from "../comparison_report.ts";
import { countText, durationText, number, withInterval } from "../kit/numbers.ts";
import { type Cell, emphasised, type TextTable } from "../kit/text_table.ts";
import { headlineMetrics, shortName, signOf } from "../metric.ts";
import { better, boundsOf, roleGroups, valueText } from "../standing.ts";
import { labelOf } from "./score_table.ts";

/** Metrics that are compared. */
const width = 6;

/** Runs, free baselines (in brackets) and controls on the same rows, the best at the top; the best of each metric is strong. */
export function comparisonTable(report: ComparisonReport): TextTable {
  const { primary, predictions } = report;
  const best = leaders(report);
  const runs = new Map(report.runs.map((run) => [run.name, run]));
  return {
    head: [
      "prediction",
      ...best.map(({ metric }) => `${shortName(metric)} ${signOf(metric) > 0 ? "↑" : "↓"}`),
      "lead over the best baseline, 95 %",
      "epochs",
      "first loss",
      "training",
      "parameters",
    ],
    body: roleGroups(predictions, primary).flatMap(({ members }) =>
      members.map((score): Cell[] => {
        const run = runs.get(score.name);
        return [
          ...emphasised(
            [score.role === "baseline" ? `(${labelOf(score)})` : labelOf(score)],
            score.role === "model",
          ),
          ...best.map(({ metric, score: leader }) => {
            const text = valueText(score, metric, metric === primary ? undefined : 3);
            return score === leader ? { strong: text } : text;
          }),
          score.advantage ? withInterval(score.advantage.value, boundsOf(score.advantage)) : "",
          run && run.epochs !== null ? countText(run.epochs) : "",
          run && run.firstEpochLoss !== null ? number(run.firstEpochLoss) : "",
          run ? durationText(run.trainingSeconds) : "",
          run ? countText(run.parameters) : "",
        ];
      })
    ),
  };
}

/** Models and free baselines, coinciding ones once, the best first. */
export function contest({ predictions, primary }: ComparisonReport): Scored[] {
  return predictions.filter(({ role, coincidesWith }) =>
    role === "model" || role === "baseline" && !coincidesWith
  )
    .toSorted(better(primary));
}

/** Who is best by each metric, models and free baselines alike. */
export function leaders(report: ComparisonReport): { readonly metric: string; readonly score: Scored }[] {
  const entries = contest(report);
  return headlineMetrics(report.primary, entries.flatMap(({ metrics }) => Object.keys(metrics)), width)
    .map((metric) => ({ metric, score: entries.toSorted(better(metric))[0] }));
}
