import { number, pText, withInterval } from "../kit/numbers.ts";
import { type Cell, emphasised, type TextTable } from "../kit/text_table.ts";
import { headlineMetrics, shortName } from "../metric.ts";
import { boundsOf } from "../standing.ts";
import { groupsOf, leaderOf, type StudyReport, type StudyRow } from "../study_report.ts";

/** Metrics besides those that rank. */
const width = 3;

/** Data sets x splits x models as one table: mean ± standard deviation over folds or seeds, and the lead over the best free baseline. */
export function studyTable(report: StudyReport): TextTable {
  const primaries = [...new Set(report.sets.map(({ primary }) => primary))];
  const folded = report.rows.some(({ overDrugMean }) => overDrugMean !== undefined);
  const names = report.rows.flatMap((row) => Object.keys(row.metrics));
  const metrics = [...new Set([...primaries, ...headlineMetrics(primaries[0], names, width)])];
  return {
    textColumns: 3,
    head: [
      "data",
      "split",
      "model",
      "seeds",
      ...metrics.map(shortName),
      "lead, 95 %",
      "over",
      ...(folded ? ["over the drug mean, 95 %", "p"] : []),
      "standing",
    ],
    body: groupsOf(report).flatMap((group) =>
      group.rows.map((row, at): Cell[] => [
        at === 0 ? group.data : "",
        at === 0 ? group.split : "",
        ...emphasised([row.role === "model" ? row.model : `(${row.model})`], row.role === "model"),
        String(row.seeds),
        ...metrics.map((name) =>
          row === leaderOf(group) && name === group.primary
            ? { strong: meanText(row, name) }
            : meanText(row, name)
        ),
        row.lead ? withInterval(row.lead.value, boundsOf(row.lead)) : "",
        row.lead?.against ?? "",
        ...(folded
          ? [
            row.overDrugMean ? withInterval(row.overDrugMean.value, boundsOf(row.overDrugMean)) : "",
            row.overDrugMean?.p == null ? "" : pText(row.overDrugMean.p),
          ]
          : []),
        row.standing ?? "",
      ])
    ),
  };
}

/** Mean ± standard deviation; empty where the metric means nothing for the row. */
function meanText({ metrics }: StudyRow, name: string): string {
  if (!(name in metrics)) return "";
  const { mean, sd } = metrics[name];
  return sd === null ? number(mean) : `${number(mean)} ± ${number(sd)}`;
}
