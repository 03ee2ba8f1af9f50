import type { RankingReport } from "./ranking_report_data.ts";
import { rankingScoreTable } from "./ranking_score_table.ts";
import { controlSentences, rankingVerdict } from "./ranking_verdict.ts";

/** A result for machines. */
export function rankingResult(run: string, report: RankingReport): Record<string, unknown> {
  const { headline, tone, standings } = rankingVerdict(report);
  const { splitName, counts, scores, bestEpoch, epochs, trainingSeconds, memory, notes, pathways } = report;
  return {
    status: "finished",
    run,
    split: splitName,
    counts,
    bestEpoch,
    epochs: epochs.length,
    firstEpochLoss: epochs[0]?.trainLoss ?? null,
    trainingSeconds,
    adapter: report.environment.adapter,
    memory,
    verdict: {
      headline,
      tone,
      standings: standings.map(({ metric, model, best, wins }) => ({
        metric: metric.short,
        model,
        bestBaseline: best.name,
        baseline: metric.of(best),
        wins,
      })),
    },
    scores,
    ...(pathways ? { pathways } : {}),
    notes,
  };
}

/** A result for people. */
export function rankingText(report: RankingReport): string {
  const { headline, detail } = rankingVerdict(report);
  return [`\n${rankingScoreTable(report)}\n`, `${headline}. ${detail}`, ...controlSentences(report)].join(
    "\n",
  );
}
