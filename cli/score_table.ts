import { styleText } from "node:util";
import Table from "cli-table3";
import { number, signedPercent } from "../report/kit/numbers.ts";
import type { ReportData, Score } from "./report/report_data.ts";
import { modelScore } from "./report/verdict.ts";

/** Model, baselines, controls and ceiling as a terminal table, the best at the top. */
export function scoreTable(data: Pick<ReportData, "scores" | "ranking" | "stage">): string {
  const { ranking } = data;
  const profiles = data.stage === "pretraining";
  const model = modelScore(data);
  const head = [
    "prediction of the test part",
    "MSE",
    "RMSE",
    ...(profiles ? ["Pearson / profile"] : []),
    "Pearson",
    "Spearman",
    `${ranking.toUpperCase()} to model`,
  ];
  const table = new Table({
    head,
    colAligns: head.map((_, column) => column === 0 ? "left" : "right"),
    style: { head: [], border: [] },
    chars: { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" },
  });
  for (const score of data.scores.toSorted((a, b) => a[ranking] - b[ranking] || order(a) - order(b))) {
    const cells = [
      label(score),
      number(score.mse),
      number(score.rmse),
      ...(profiles ? [number(score.pearsonPerProfile, 3)] : []),
      number(score.pearsonPooled, 3),
      number(score.spearman, 3),
      score === model ? "" : signedPercent(score[ranking] / model[ranking] - 1),
    ];
    table.push(score === model ? cells.map((cell) => styleText("bold", cell)) : cells);
  }
  return table.toString();
}

function label({ name, role, coincidesWith }: Score): string {
  if (coincidesWith) return `${name} (same as ${coincidesWith})`;
  return role === "ceiling" || role === "negative" ? `(${name})` : name;
}

/** The model before a baseline with the same error, a baseline before its twin. */
function order({ role, coincidesWith }: Score): number {
  return role === "model" ? 0 : coincidesWith ? 2 : 1;
}
