import { z } from "zod";
import type { BadgerData } from "../../datasets/badger/types.ts";
import { openMlp } from "../mlp/open.ts";
import { mlpFields, type MlpSettings, releasedMlpSettings } from "../mlp/settings.ts";
import type { Model } from "../model.ts";
import { networkPredictor } from "../network_predictor.ts";
import { releasedCriterion } from "../ranking/criterion.ts";
import { positive } from "../ranking/fields.ts";
import { releasedSession } from "../ranking/preset.ts";
import { Knn, releasedNeighbours } from "./knn.ts";

/** Those of the MLP whose fusion layer is searched. */
export interface KnnSettings extends MlpSettings {
  /** Training rows that are averaged. */
  readonly neighbours: number;
}

/** kNN: the MLP is trained, and the training rows nearest on its fusion layer are averaged. */
export const knnModel: Model<KnnSettings, BadgerData> = {
  name: "knn",
  title: "kNN",
  summary:
    "differential expression, as the mean of the training rows that are nearest on a trained MLP's fusion layer",
  role: "model",
  layouts: ["signatures"],
  settings: z.strictObject({
    ...mlpFields,
    neighbours: positive.describe("training rows that are averaged"),
  }),
  presets: { released: releasedSession({ ...releasedMlpSettings, neighbours: releasedNeighbours }) },
  looksAtTraining: true,
  async open(options) {
    const { neighbours, ...settings } = options.settings;
    const task = await openMlp({ ...options, settings });
    return networkPredictor(task, options, {
      criterion: releasedCriterion(task.options.model.genes),
      async predictor() {
        const knn = await Knn.of(task, options.split.train, neighbours);
        return (rows) => knn.predict(rows);
      },
    });
  },
};
