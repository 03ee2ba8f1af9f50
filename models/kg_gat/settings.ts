import { z } from "zod";
import { graphTraining, predicts, rate } from "../knowledge_graph/fields.ts";
import type { TrainingSettings } from "../training_settings.ts";

/** Sizes and switches of graph attention over the knowledge graph (kg-gat.md 5; nearly all of them choices, its source prints none). */
export interface KgGatSettings {
  /** One attention for all edges; with a bias a relation and head; or a layer a relation. */
  readonly variant: "homogeneous" | "relation-bias" | "typed";
  /** Of node states; heads divide it. */
  readonly width: number;
  /** Of each layer, concatenated. */
  readonly heads: number;
  /** Rounds of messages; 0: node features alone. */
  readonly layers: number;
  /** Of node states and in the head. */
  readonly dropout: number;
  /** Of attention weights. */
  readonly attentionDropout: number;
  /** Width of the head's layer before the last. */
  readonly headWidth: number;
  /** The head gives the change, added to the untreated profile, or the treated profile itself. */
  readonly predicts: "change" | "profile";
  /** Most incoming edges a node that are drawn anew for every step, one number a layer from the rows' nodes outwards; null: all. */
  readonly fanOut: readonly number[] | null;
}

const positive = z.int().positive();

/** Checks complete settings. */
export const kgGatSchema: z.ZodType<KgGatSettings> = z.strictObject({
  variant: z.enum(["homogeneous", "relation-bias", "typed"]).describe(
    "how relations count: not at all (V1), by a bias each (V2), by a layer each (V3)",
  ),
  width: positive.describe("width of node states"),
  heads: positive.describe("attention heads a layer"),
  layers: z.int().min(0).max(8).describe("rounds of messages; 0: node features alone"),
  dropout: rate.describe("dropout of node states and in the head"),
  attentionDropout: rate.describe("dropout of attention weights"),
  headWidth: positive.describe("width of the layer between node states and genes"),
  predicts,
  fanOut: z.array(positive.max(512)).min(1).nullable().describe(
    "most incoming edges a node, drawn anew each training step, one number a layer; none: the whole graph",
  ),
}).refine(({ width, heads }) => width % heads === 0, "the width must be a multiple of the heads")
  .refine(
    ({ fanOut, layers }) => fanOut === null || fanOut.length === layers,
    "--fan-out needs one number for each layer",
  )
  .refine(
    ({ fanOut, variant }) => fanOut === null || variant !== "typed",
    "the variant typed trains on the whole graph: leave --fan-out out, or choose relation-bias",
  );

/** The size of the specification, for a GPU. */
export const fullSettings: KgGatSettings = {
  variant: "relation-bias",
  width: 256,
  heads: 4,
  layers: 2,
  dropout: 0.1,
  attentionDropout: 0.1,
  headWidth: 512,
  predicts: "change",
  fanOut: null,
};

/** About two minutes on two cores with a software driver, on the simulated graph. */
export const smallSettings: KgGatSettings = { ...fullSettings, width: 32, headWidth: 128 };

/** Training that goes with it. */
export const smallTraining: TrainingSettings = {
  ...graphTraining,
  epochs: 30,
  batchSize: 96,
  patience: 10,
  learningRate: 3e-3,
};
