import type { KnowledgeInputs } from "../../datasets/layouts/knowledge_graph/inputs.ts";
import { graphTraining } from "../knowledge_graph/fields.ts";
import type { Model } from "../model.ts";
import { deviceTraining, networkPredictor } from "../network_predictor.ts";
import type { Scoring } from "./config.ts";
import { explainKgGat } from "./explain.ts";
import { graphScores } from "./scores.ts";
import { fullSettings, kgGatSchema, type KgGatSettings, smallSettings, smallTraining } from "./settings.ts";
import { KgGatTask } from "./task.ts";

/** GAT over the knowledge graph: edges are scored by a sum of two halves (arXiv 1710.10903). */
export const kgGatModel: Model<KgGatSettings, KnowledgeInputs> = graphModel("gat", "kg-gat", "KG-GAT");

/** GATv2 over the knowledge graph: every node ranks its neighbours itself (arXiv 2105.14491). */
export const kgGatv2Model: Model<KgGatSettings, KnowledgeInputs> = graphModel(
  "gatv2",
  "kg-gatv2",
  "KG-GATv2",
);

function graphModel(scoring: Scoring, name: string, title: string): Model<KgGatSettings, KnowledgeInputs> {
  return {
    name,
    title,
    summary: `expression after treatment from drug and cell line as nodes of a knowledge graph, by ${
      scoring === "gat" ? "graph attention" : "graph attention with GATv2 scores"
    }`,
    role: "model",
    layouts: ["knowledge-graph"],
    settings: kgGatSchema,
    presets: {
      small: { settings: smallSettings, training: smallTraining },
      full: { settings: fullSettings, training: graphTraining },
    },
    looksAtTraining: false,
    async open(options) {
      const { data, settings, engine } = options;
      const task = new KgGatTask(await engine(), {
        scoring,
        settings,
        training: deviceTraining(options),
        data,
      });
      return networkPredictor(task, options, {
        explain: (rows, gene) => explainKgGat(task, data, rows, gene),
        ownScores: (rows) => graphScores(task, data, rows),
      });
    },
  };
}
