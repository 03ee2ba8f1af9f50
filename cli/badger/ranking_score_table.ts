import { styleText } from "node:util";
import Table from "cli-table3";
import { number } from "../../report/kit/numbers.ts";
import { headlineMetrics, type RankingReport, type RankingScore } from "./ranking_report_data.ts";

/** Model, free baselines and controls as a terminal table, ordered by Pearson; NDCG with its floor in the row "zero". */
export function rankingScoreTable({ scores }: Pick<RankingReport, "scores">): string {
  const head = ["prediction of the test part", ...headlineMetrics.map(({ short }) => short), "Spearman"];
  const table = new Table({
    head,
    colAligns: head.map((_, column) => column === 0 ? "left" : "right"),
    style: { head: [], border: [] },
    chars: { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" },
  });
  for (const score of scores.toSorted((a, b) => group(a) - group(b) || b.pearson - a.pearson)) {
    const cells = [
      label(score),
      ...headlineMetrics.map((metric) => number(metric.of(score), 3)),
      number(score.spearman, 3),
    ];
    table.push(score.role === "model" ? cells.map((cell) => styleText("bold", cell)) : cells);
  }
  return table.toString();
}

function label({ name, role, coincidesWith }: RankingScore): string {
  if (coincidesWith) return `${name} (same as ${coincidesWith})`;
  return role === "control" ? `  ${name}` : role === "negative" ? `(${name})` : name;
}

function group({ role }: RankingScore): number {
  return role === "control" ? 1 : role === "negative" ? 2 : 0;
}
