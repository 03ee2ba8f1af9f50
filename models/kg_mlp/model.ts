import { z } from "zod";
import type { KnowledgeInputs } from "../../datasets/layouts/knowledge_graph/inputs.ts";
import { add } from "../../engine/ops/add.ts";
import { concatColumns } from "../../engine/ops/concat_columns.ts";
import { conditions, conditionWidth } from "../knowledge_graph/conditions.ts";
import { graphTraining, predicts, rate } from "../knowledge_graph/fields.ts";
import type { Model } from "../model.ts";
import { deviceTraining, networkPredictor } from "../network_predictor.ts";
import { rowNetworkTask } from "../row_network.ts";
import { drugBits, targetMeans } from "./inputs.ts";
import { mlpBaseline, mlpShapes } from "./network.ts";

/** Sizes of the network. */
export interface KgMlpSettings {
  /** Widths of the layers before the last. */
  readonly hidden: readonly number[];
  /** After each of them. */
  readonly dropout: number;
  /** The change, added to the untreated profile, or the treated profile itself. */
  readonly predicts: "change" | "profile";
}

/** The baseline that the source names: drug, its targets and the untreated cell into a network that looks at no edge (kg-gat.md 8.2). */
export const kgMlpModel: Model<KgMlpSettings, KnowledgeInputs> = {
  name: "kg-mlp",
  title: "KG-MLP",
  summary: "expression after treatment from Morgan bits, mean of the targets and untreated profile; no edges",
  role: "model",
  layouts: ["knowledge-graph"],
  settings: z.strictObject({
    hidden: z.array(z.int().positive()).min(1).describe("widths of the layers before the last"),
    dropout: rate.describe("dropout after each of them"),
    predicts,
  }),
  presets: {
    small: {
      settings: { hidden: [128, 128], dropout: 0.2, predicts: "change" },
      training: { ...graphTraining, epochs: 40, batchSize: 96, patience: 10 },
    },
    full: { settings: { hidden: [1024, 512], dropout: 0.2, predicts: "change" }, training: graphTraining },
  },
  looksAtTraining: false,
  async open(options) {
    const { data, settings: { hidden, dropout, predicts }, engine } = options;
    const inputs = {
      drug: drugBits(data),
      target: targetMeans(data),
      basal: data.basal!,
      condition: conditions(data),
    };
    const genes = data.outputs.names.length;
    const width = inputs.drug.columns + inputs.target.columns + inputs.basal.columns + conditionWidth;
    const task = rowNetworkTask(await engine(), deviceTraining(options), {
      name: "KG-MLP",
      inputs,
      truth: data.truth,
      outputs: genes,
      parameters: mlpShapes(width, hidden, genes),
      forward(step, p, { drug, target, basal, condition }, { train }) {
        const x = concatColumns(step, [drug, target, basal, condition]);
        const change = mlpBaseline(step, p, x, hidden.length + 1, train ? dropout : 0);
        return predicts === "change" ? add(step, { a: basal, b: change }) : change;
      },
    });
    return networkPredictor(task, options);
  },
};
