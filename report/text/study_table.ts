import { number, withInterval } from "../kit/numbers.ts";
import { headlineMetrics, shortName } from "../metric.ts";
import { boundsOf } from "../standing.ts";
import type { StudyReport, StudyRow } from "../study_report.ts";
import { groupsOf } from "../study_standing.ts";
import type { TextTable } from "./text_table.ts";

/** Metrics that a terminal is wide enough for. */
const width = 3;

/** Data sets x splits x models as one table: mean ± standard deviation over seeds, and the lead over the best free baseline. */
export function studyTable(report: StudyReport): TextTable {
  const primaries = [...new Set(report.sets.map(({ primary }) => primary))];
  const metrics = [
    ...new Set([
      ...primaries,
      ...headlineMetrics(primaries[0], report.rows.flatMap((row) => Object.keys(row.metrics)), width),
    ]),
  ];
  return {
    textColumns: 3,
    head: [
      "data",
      "split",
      "model",
      "seeds",
      ...metrics.map(shortName),
      "lead over the best baseline, 95 %",
      "standing",
    ],
    body: groupsOf(report).flatMap(({ data, split, rows }) =>
      rows.map((row, at) => ({
        strong: row.role === "model",
        cells: [
          at === 0 ? data : "",
          at === 0 ? split : "",
          row.role === "model" ? row.model : `(${row.model})`,
          String(row.seeds),
          ...metrics.map((name) => meanText(row, name)),
          row.lead ? `${withInterval(row.lead.value, boundsOf(row.lead))} ${row.lead.against}` : "",
          row.standing ?? "",
        ],
      }))
    ),
  };
}

/** Mean ± standard deviation; empty where the metric means nothing for the row. */
export function meanText({ metrics }: StudyRow, name: string): string {
  if (!(name in metrics)) return "";
  const { mean, sd } = metrics[name];
  return sd === null ? number(mean) : `${number(mean)} ± ${number(sd)}`;
}
