import { badgerBaselines } from "../../datasets/badger/badger_baselines.ts";
import type { BadgerData } from "../../datasets/badger/types.ts";
import { groupTable } from "../../datasets/metrics/metric_tables.ts";
import { pearsonPerRow } from "../../datasets/metrics/metrics.ts";
import { summariseRanking } from "../../datasets/metrics/ranking_summary.ts";
import { selectMatrixRows } from "../../datasets/readers/select_rows.ts";
import { pairedBootstrap } from "../../datasets/statistics/paired_bootstrap.ts";
import type { Split } from "../../datasets/types.ts";
import type { RankingRunConfig } from "../../models/ranking_run_config.ts";
import { densityOf } from "../report/density.ts";
import { type NamedPrediction, paired } from "../score_run.ts";
import type { RankingReport, RankingScore } from "./ranking_report_data.ts";
import { rankingVerdict } from "./ranking_verdict.ts";

/** The part of a report that predictions alone determine. */
export type RankingScores = Pick<RankingReport, "scores" | "density" | "drugs" | "cells">;

/**
 * Scores a model on the test rows beside every free baseline and its controls, whoever wins.
 *
 * @param controls the same model with an input disturbed
 */
export function scoreRanking(
  data: BadgerData,
  split: Split,
  config: RankingRunConfig,
  model: NamedPrediction,
  controls: readonly NamedPrediction[],
): RankingScores {
  const genes = data.genes.length;
  const truth = selectMatrixRows(data.labels, genes, split.test);
  const drugs = Array.from(split.test, (row) => data.drugs[data.drugOfRow[row]].name);
  const cells = Array.from(split.test, (row) => data.cells[data.cellOfRow[row]]);
  const groups = resampled(/^cell/.test(config.split.kind) ? [cells, drugs] : [drugs, cells]);
  const own = pearsonPerRow(model.prediction, truth, genes);
  const scored = (
    entry: NamedPrediction,
    role: RankingScore["role"],
    coincidesWith?: string,
  ): RankingScore => ({
    name: entry.name,
    description: entry.description,
    role,
    ...(coincidesWith ? { coincidesWith } : {}),
    ...summariseRanking(entry.prediction, truth, genes),
    ...(role === "model"
      ? {}
      : { modelLead: pairedBootstrap(own, pearsonPerRow(entry.prediction, truth, genes), groups) }),
  });
  const baselines = badgerBaselines(data, split);
  const scores = [
    scored(model, "model"),
    ...baselines.map((entry) =>
      scored(entry, entry.role === "negative control" ? "negative" : "baseline", entry.coincidesWith)
    ),
    ...controls.map((entry) => scored(entry, "control")),
  ];
  const best = rankingVerdict({ scores, config }).best.name;
  const comparator = baselines.find(({ name }) => name === best)!.prediction;
  const parts = (labels: readonly string[]) =>
    paired(
      groupTable(model.prediction, truth, genes, labels),
      groupTable(comparator, truth, genes, labels),
      1,
    );
  return { scores, density: densityOf(model.prediction, truth), drugs: parts(drugs), cells: parts(cells) };
}

/** What a new sample would draw: the units that the split holds out, where there are enough of them; else single rows. */
function resampled(choices: readonly (readonly string[])[]): readonly string[] {
  return choices.find((groups) => new Set(groups).size >= 5) ?? choices[0].map((_, row) => String(row));
}
