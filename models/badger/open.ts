import type { BadgerData } from "../../datasets/badger/types.ts";
import { fingerprintBits } from "../../datasets/badger/types.ts";
import { pathwayMetrics } from "../../datasets/metrics/ranking_pathways.ts";
import type { OpenOptions, Predictor } from "../model.ts";
import { networkPredictor } from "../network_predictor.ts";
import { releasedCriterion } from "../ranking/criterion.ts";
import { commonOptions } from "../ranking/open.ts";
import type { BadgerConfig } from "./config.ts";
import { explainBadger } from "./explain.ts";
import type { BadgerSettings } from "./settings.ts";
import { BadgerTask } from "./task.ts";

/**
 * BADGER, or its ablation without pathways, as a training task.
 *
 * @throws {UserError} when the data lack a table that the model needs, or have one of another size.
 */
export async function badgerTask(
  options: OpenOptions<BadgerSettings, BadgerData>,
  light: boolean,
): Promise<BadgerTask> {
  const { loss, mainWeight, pathwayWeight, geneAttentionWeight, spreadoutWeight, ...chosen } =
    options.settings;
  const data = options.data.inputs;
  const model: BadgerConfig = {
    ...chosen,
    light,
    fingerprintBits,
    genes: data.genes.length,
    pathways: light ? 0 : data.pathways?.names.length ?? 0,
    cellWidth: data.cellVectors?.width ?? 0,
    geneWidth: data.geneTable?.width ?? 0,
  };
  // The labels are turned when they are read, so the loss must not turn them again.
  const weights = {
    mainWeight,
    pathwayWeight,
    geneAttentionWeight,
    spreadoutWeight,
    labelType: "real" as const,
  };
  return new BadgerTask(await options.engine(), {
    ...commonOptions(options),
    model,
    loss: { loss, ...weights },
  });
}

/** The same as a predictor. */
export async function openBadger(
  options: OpenOptions<BadgerSettings, BadgerData>,
  light: boolean,
): Promise<Predictor> {
  const task = await badgerTask(options, light);
  const { data } = task.options;
  return networkPredictor(task, options, {
    criterion: releasedCriterion(data.genes.length),
    explain: (rows) => explainBadger(task, rows),
    ...(data.pathways && !light ? { ownScores: (rows: Uint32Array) => pathwayScores(task, rows) } : {}),
  });
}

/** How well the attention on drug fragments finds the known pathways of the rows' drugs (badger.md 1.1). */
async function pathwayScores(task: BadgerTask, rows: Uint32Array): Promise<Record<string, number>> {
  const { pathways, drugOfRow } = task.options.data;
  const width = pathways!.names.length;
  const labels = Array.from(rows, (row) => drugOfRow[row]).flatMap((drug) => [
    ...pathways!.labels.subarray(drug * width, (drug + 1) * width),
  ]);
  const known = pathwayMetrics(await task.pathwayScores(rows), labels, width);
  if (known.rows === 0) return {};
  return {
    "pathway AUROC": known.auroc,
    "pathway AUPRC": known.auprc,
    "pathway F1": known.f1,
    "pathway accuracy": known.accuracy,
    "rows with known pathways": known.rows,
  };
}
