import { z } from "zod";
import type { BadgerData } from "../../datasets/badger/types.ts";
import type { Model, OpenOptions } from "../model.ts";
import { networkPredictor } from "../network_predictor.ts";
import type { GraphNetworkSettings } from "../neural_fingerprint/config.ts";
import { graphOptions } from "../neural_fingerprint/open.ts";
import { releasedCriterion } from "../ranking/criterion.ts";
import { dropout, geneTableInit, loss, positive, ranksOnly, widths } from "../ranking/fields.ts";
import { releasedSession } from "../ranking/preset.ts";
import { type DeepceConfig, deepceMeta, releasedDeepce, releasedDeepceLoss } from "./config.ts";
import { DeepceTask } from "./task.ts";

/** What a user chooses. */
export type DeepceSettings = GraphNetworkSettings<DeepceConfig>;

const schema: z.ZodType<DeepceSettings> = z.strictObject({
  hidden: positive.describe("hidden width, also that of an atom's fingerprint"),
  convolutions: widths("widths of the graph convolutions"),
  layers: positive.describe("drug-gene attention layers"),
  heads: positive.describe("attention heads"),
  feedForward: positive.describe("width inside the feed-forward of an attention layer"),
  metaEmbedding: positive.describe("width of the embedded cell line and dose"),
  dropout,
  geneTableInit,
  loss,
}).refine(({ hidden, heads }) => hidden % heads === 0, "the hidden width must be a multiple of the heads");

/** DeepCE. Its released spread-out weight of 0.1 acts on nothing in the release and is left out. */
export const deepceModel: Model<DeepceSettings, BadgerData> = {
  name: "deepce",
  title: "DeepCE",
  summary: "differential expression, from the molecule's graph by attention between its atoms and genes",
  role: "model",
  layouts: ["signatures"],
  settings: schema,
  presets: {
    released: releasedSession(
      { ...releasedDeepce, geneTableInit: "released", loss: releasedDeepceLoss },
      { reading: { cellVectors: "none" } },
    ),
  },
  looksAtTraining: false,
  arbitraryScale: ({ loss }) => ranksOnly(loss),
  async open(options) {
    const task = await deepceTask(options);
    return networkPredictor(task, options, {
      criterion: releasedCriterion(options.data.inputs.genes.length),
    });
  },
};

/** DeepCE as a training task. @throws {UserError} when the data lack a table that it needs. */
export async function deepceTask(options: OpenOptions<DeepceSettings, BadgerData>): Promise<DeepceTask> {
  const { loss: _, geneTableInit: __, ...chosen } = options.settings;
  const { common, sizes } = await graphOptions(options, deepceMeta);
  return new DeepceTask(await options.engine(), { ...common, model: { ...chosen, ...sizes } });
}
