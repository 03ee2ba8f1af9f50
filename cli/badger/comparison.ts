import { number } from "../../report/kit/numbers.ts";
import { headlineMetrics, metricsOf, type RankingReport, type RankingScore } from "./ranking_report_data.ts";
import { familyNames } from "./predict_ranking.ts";
import { modelOf } from "./ranking_verdict.ts";

/** One line of a comparison: a model or a free baseline on the same test rows. */
export interface ComparisonRow {
  readonly name: string;
  readonly kind: "model" | "baseline" | "negative";
  readonly score: RankingScore;
  /** Pearson with an input disturbed, by the name of the control; models alone. */
  readonly controls: Readonly<Record<string, number>>;
  /** Metrics that mean nothing for it, by their short names. */
  readonly meaningless: readonly string[];
  readonly firstEpochLoss: number | null;
  readonly epochs: number | null;
  readonly seconds: number | null;
}

/** Names of the controls, in order. */
export const controlNames = ["drug zeroed", "drug permuted", "cell permuted"] as const;

/** Models and free baselines of one split, the best Pearson first. */
export function comparisonRows(reports: readonly RankingReport[]): ComparisonRow[] {
  const models = reports.map((report): ComparisonRow => ({
    name: familyNames[report.config.model.family],
    kind: "model",
    score: modelOf(report),
    controls: Object.fromEntries(
      report.scores.filter(({ role }) => role === "control").map(({ name, pearson }) => [name, pearson]),
    ),
    meaningless: headlineMetrics.filter((metric) => !metricsOf(report.config).includes(metric))
      .map(({ short }) => short),
    firstEpochLoss: report.epochs[0]?.trainLoss ?? null,
    epochs: report.epochs.length,
    seconds: report.trainingSeconds,
  }));
  const free = reports[0].scores.filter(({ role, coincidesWith }) =>
    (role === "baseline" || role === "negative") && !coincidesWith
  ).map((score): ComparisonRow => ({
    name: score.name,
    kind: score.role === "negative" ? "negative" : "baseline",
    score,
    controls: {},
    meaningless: [],
    firstEpochLoss: null,
    epochs: null,
    seconds: null,
  }));
  return [...models, ...free].sort((a, b) =>
    Number(a.kind === "negative") - Number(b.kind === "negative") || b.score.pearson - a.score.pearson
  );
}

/** Who leads which metric: baselines and models alike. */
export function leaders(
  rows: readonly ComparisonRow[],
): { metric: string; row: ComparisonRow; value: number }[] {
  return headlineMetrics.map((metric) => {
    const contest = rows.filter(({ kind, meaningless }) =>
      kind !== "negative" && !meaningless.includes(metric.short)
    );
    const sign = metric.higherIsBetter ? 1 : -1;
    const row = contest.toSorted((a, b) => sign * (metric.of(b.score) - metric.of(a.score)))[0];
    return { metric: metric.short, row, value: metric.of(row.score) };
  });
}

/** Cells of the table, as texts: the same on the terminal, in Markdown and in HTML. */
export function comparisonTable(rows: readonly ComparisonRow[]): { head: string[]; body: string[][] } {
  return {
    head: [
      "prediction",
      ...headlineMetrics.map(({ short }) => short),
      "Spearman",
      ...controlNames.map((name) => `Pearson, ${name}`),
      "epochs",
      "first epoch's loss",
    ],
    body: rows.map(({ name, kind, score, controls, meaningless, epochs, firstEpochLoss }) => [
      kind === "model" ? name : `(${name})`,
      ...headlineMetrics.map((metric) =>
        meaningless.includes(metric.short) ? "–" : number(metric.of(score), 3)
      ),
      number(score.spearman, 3),
      ...controlNames.map((control) => control in controls ? number(controls[control], 3) : ""),
      epochs === null ? "" : String(epochs),
      firstEpochLoss === null ? "" : number(firstEpochLoss),
    ]),
  };
}

/** The table in Markdown. */
export function comparisonMarkdown(rows: readonly ComparisonRow[]): string {
  const { head, body } = comparisonTable(rows);
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, column) => column === 0 ? "---" : "---:")), ...body.map(line)].join(
    "\n",
  ) +
    "\n";
}
