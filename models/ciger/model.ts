import { z } from "zod";
import type { BadgerData } from "../../datasets/badger/types.ts";
import type { Model, OpenOptions } from "../model.ts";
import { networkPredictor } from "../network_predictor.ts";
import type { GraphNetworkSettings } from "../neural_fingerprint/config.ts";
import { graphOptions } from "../neural_fingerprint/open.ts";
import { releasedCriterion } from "../ranking/criterion.ts";
import { dropout, geneTableInit, loss, positive, ranksOnly, widths } from "../ranking/fields.ts";
import { releasedSession } from "../ranking/preset.ts";
import { type CigerConfig, cigerMeta, releasedCiger, releasedCigerLoss } from "./config.ts";
import { CigerTask } from "./task.ts";

/** What a user chooses. */
export interface CigerSettings extends GraphNetworkSettings<CigerConfig> {
  /** Start of the attention's norm weights: 0 as released, so that the attention is silent at first, or the usual 1. */
  readonly layerNormInit: 0 | 1;
}

const schema: z.ZodType<CigerSettings> = z.strictObject({
  hidden: positive.multipleOf(2).describe(
    "width of fingerprint and encoder; the gene attention has half of it",
  ),
  convolutions: widths("widths of the graph convolutions"),
  layers: positive.describe("gene attention layers"),
  feedForward: positive.describe("width inside the feed-forward of an attention layer"),
  decoder: widths("widths of the decoder's layers before the last"),
  dropout,
  geneTableInit,
  layerNormInit: z.union([z.literal(0), z.literal(1)]).describe(
    "start of the attention's norm weights: 0 as released, so that it is silent at first, or 1",
  ),
  loss,
});

/** CIGER. Its released spread-out weight of 0.1 acts on nothing in the release and is left out. */
export const cigerModel: Model<CigerSettings, BadgerData> = {
  name: "ciger",
  title: "CIGER",
  summary: "ranks genes by differential expression, from the molecule's graph and attention among genes",
  role: "model",
  layouts: ["signatures"],
  settings: schema,
  presets: {
    released: releasedSession(
      { ...releasedCiger, geneTableInit: "released", layerNormInit: 0, loss: releasedCigerLoss },
      { reading: { cellVectors: "none" }, split: { rule: "badger-cells", fold: 0, number: 88 } },
    ),
  },
  looksAtTraining: false,
  arbitraryScale: ({ loss }) => ranksOnly(loss),
  async open(options) {
    const task = await cigerTask(options);
    return networkPredictor(task, options, {
      criterion: releasedCriterion(options.data.inputs.genes.length),
    });
  },
};

/** CIGER as a training task. @throws {UserError} when the data lack a table that it needs. */
export async function cigerTask(options: OpenOptions<CigerSettings, BadgerData>): Promise<CigerTask> {
  const { loss: _, geneTableInit: __, layerNormInit, ...chosen } = options.settings;
  const { common, sizes } = await graphOptions(options, cigerMeta);
  return new CigerTask(await options.engine(), {
    ...common,
    layerNormInit,
    model: { ...chosen, ...sizes },
  });
}
