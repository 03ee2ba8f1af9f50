import { number } from "../../report/kit/numbers.ts";
import type { Verdict } from "../report/verdict.ts";
import {
  type HeadlineMetric,
  metricsOf,
  type RankingReport,
  type RankingScore,
} from "./ranking_report_data.ts";

/** How the model stands on one metric. */
export interface MetricStanding {
  readonly metric: HeadlineMetric;
  readonly model: number;
  /** The best free baseline on it. */
  readonly best: RankingScore;
  readonly wins: boolean;
}

/** Whether the model beat what costs nothing, metric by metric. */
export interface RankingVerdict extends Pick<Verdict, "headline" | "detail" | "tone"> {
  readonly standings: readonly MetricStanding[];
  /** The free baseline that leads on Pearson. */
  readonly best: RankingScore;
}

/** The model's own score. */
export function modelOf({ scores }: Pick<RankingReport, "scores">): RankingScore {
  return scores.find(({ role }) => role === "model")!;
}

/** Compares the model with every free baseline on every headline metric; where a baseline wins, that is said first. */
export function rankingVerdict(report: Pick<RankingReport, "scores" | "config">): RankingVerdict {
  const model = modelOf(report);
  const free = report.scores.filter(({ role, coincidesWith }) => role === "baseline" && !coincidesWith);
  const standings = metricsOf(report.config).map((metric) => {
    const sign = metric.higherIsBetter ? 1 : -1;
    const best = free.toSorted((a, b) => sign * (metric.of(b) - metric.of(a)))[0];
    return { metric, model: metric.of(model), best, wins: sign * (metric.of(model) - metric.of(best)) > 0 };
  });
  const lost = standings.filter(({ wins }) => !wins), won = standings.filter(({ wins }) => wins);
  const tone = lost.length === 0 ? "good" : won.length === 0 ? "bad" : "mixed";
  const headline = tone === "good"
    ? "Ahead of every free baseline on every metric"
    : tone === "bad"
    ? "A free baseline is at least as good on every metric"
    : `A free baseline wins on ${names(lost)}; the model on ${names(won)}`;
  const detail =
    standings.map(({ metric, model, best }) =>
      `${metric.short} ${number(model, 3)} (${best.name} ${number(metric.of(best), 3)})`
    ).join(", ") + ". In brackets the best free baseline.";
  return { headline, detail, tone, standings, best: standings[0].best };
}

/** What the controls say about the use of drug and cell, in sentences. */
export function controlSentences({ scores }: Pick<RankingReport, "scores">): string[] {
  const own = scores.find(({ role }) => role === "model")!.pearson;
  return scores.filter(({ role, modelLead }) => role === "control" && modelLead).map(({ name, ...score }) => {
    const { mean, low, high } = score.modelLead!;
    const change = `Pearson ${number(own, 3)} becomes ${number(score.pearson, 3)}, a difference of ${
      number(-mean, 3)
    } (95 % interval ${number(-high, 3)} to ${number(-low, 3)})`;
    return low > 0
      ? `With the ${name} the model gets worse: ${change}.`
      : high < 0
      ? `With the ${name} the model gets better: ${change}.`
      : `With the ${name} nothing changes beyond chance: ${change}.`;
  });
}

function names(standings: readonly MetricStanding[]): string {
  const list = standings.map(({ metric }) => metric.short);
  return list.length < 2 ? list.join("") : `${list.slice(0, -1).join(", ")} and ${list.at(-1)}`;
}
