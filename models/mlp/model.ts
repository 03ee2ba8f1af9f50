import type { BadgerData } from "../../datasets/badger/types.ts";
import type { Model } from "../model.ts";
import { networkPredictor } from "../network_predictor.ts";
import { releasedCriterion } from "../ranking/criterion.ts";
import { ranksOnly } from "../ranking/fields.ts";
import { releasedSession } from "../ranking/preset.ts";
import { openMlp } from "./open.ts";
import { mlpSchema, type MlpSettings, releasedMlpSettings } from "./settings.ts";

/** The MLP that BADGER is released with. */
export const mlpModel: Model<MlpSettings, BadgerData> = {
  name: "mlp",
  title: "MLP",
  summary: "differential expression, from a drug vector (Morgan bits, or a file) and a cell vector",
  role: "model",
  layouts: ["signatures"],
  settings: mlpSchema,
  presets: { released: releasedSession(releasedMlpSettings) },
  looksAtTraining: false,
  arbitraryScale: ({ loss }) => ranksOnly(loss),
  async open(options) {
    const task = await openMlp(options);
    return networkPredictor(task, options, { criterion: releasedCriterion(task.options.model.genes) });
  },
};
