import type { RankingSummary } from "../../datasets/metrics/ranking_summary.ts";
import type { PathwayMetrics } from "../../datasets/metrics/ranking_pathways.ts";
import type { PairedDifference } from "../../datasets/statistics/paired_bootstrap.ts";
import type { RankingRunConfig } from "../../models/ranking_run_config.ts";
import type { ReportData, Score } from "../report/report_data.ts";

/** One set of predictions of the test rows and all its metrics. */
export interface RankingScore extends RankingSummary {
  readonly name: string;
  /** What the prediction is, in a sentence. */
  readonly description: string;
  readonly role: Score["role"];
  /** An earlier baseline with the very same predictions on these rows. */
  readonly coincidesWith?: string;
  /** Pearson of the intact model minus this one's, paired over the test rows; absent for the model itself. */
  readonly modelLead?: PairedDifference;
}

/** Everything that the report of a ranking model shows; `results.json` keeps it. */
export interface RankingReport extends
  Pick<
    ReportData,
    | "title"
    | "splitName"
    | "counts"
    | "epochs"
    | "bestEpoch"
    | "density"
    | "drugs"
    | "kernels"
    | "environment"
    | "trainingSeconds"
    | "memory"
    | "parameters"
    | "notes"
  > {
  readonly format: "perturbine ranking results 1";
  /** The model first, then baselines and controls. */
  readonly scores: readonly RankingScore[];
  /** By cell line, as `drugs`. */
  readonly cells: ReportData["drugs"];
  /** How the pathway attention agrees with the known targets; BADGER alone. */
  readonly pathways?: PathwayMetrics;
  readonly config: RankingRunConfig;
}

/** A metric that the verdict looks at. */
export interface HeadlineMetric {
  readonly name: string;
  readonly short: string;
  readonly higherIsBetter: boolean;
  of(score: RankingSummary): number;
}

/** Four metrics, because rankings flip between them (field.md section 5). */
export const headlineMetrics: readonly HeadlineMetric[] = [
  { name: "Pearson per signature", short: "Pearson", higherIsBetter: true, of: ({ pearson }) => pearson },
  { name: "RMSE", short: "RMSE", higherIsBetter: false, of: ({ rmse }) => rmse },
  { name: "NDCG, up", short: "NDCG up", higherIsBetter: true, of: ({ up }) => up.ndcg },
  { name: "NDCG, down", short: "NDCG down", higherIsBetter: true, of: ({ down }) => down.ndcg },
];

/** The metrics that mean something for a run: a loss over directions alone leaves the scale, and so RMSE, to chance. */
export function metricsOf({ loss }: Pick<RankingRunConfig, "loss">): readonly HeadlineMetric[] {
  const scaled = /^(point_wise|hybrid)/.test(loss.main);
  return scaled ? headlineMetrics : headlineMetrics.filter(({ short }) => short !== "RMSE");
}
