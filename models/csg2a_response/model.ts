import { z } from "zod";
import { explainCsg2a } from "../csg2a/explain.ts";
import {
  csg2aFields,
  type Csg2aSettings,
  releasedSettings,
  releasedTraining,
  smallSettings,
  smallTraining,
} from "../csg2a/settings.ts";
import { releasedHeadWidths } from "../csg2a/sizes.ts";
import { taskData } from "../csg2a/task_data.ts";
import { Csg2aTask } from "../csg2a/task.ts";
import type { ProfileInputs } from "../../datasets/layouts/basal_profiles/inputs.ts";
import type { Model } from "../model.ts";
import { deviceTraining, networkPredictor } from "../network_predictor.ts";

/** CSG2A with heads for drug response. */
export interface Csg2aResponseSettings extends Csg2aSettings {
  /** Basal profile that the heads see (row 6). */
  readonly headInput: "raw" | "scaled";
  /** Whether the transferred network is frozen. */
  readonly frozen: boolean;
  /** What a frozen network's BatchNorm and dropout do (row 10): `train` as released. */
  readonly frozenMode: "train" | "eval";
}

const schema: z.ZodType<Csg2aResponseSettings> = z.strictObject({
  ...csg2aFields,
  headInput: z.enum(["raw", "scaled"]).describe("basal profile that the heads see"),
  frozen: z.boolean().describe("the transferred network keeps its parameters"),
  frozenMode: z.enum(["train", "eval"]).describe(
    "what BatchNorm and dropout of the frozen network do: as released, or nothing",
  ),
});

const heads = { headInput: "raw", frozen: true, frozenMode: "train" } as const;

/** CSG2A for drug response: the pretrained network, and heads for ln IC50 on top of it (csg2a.md 2.6). */
export const csg2aResponseModel: Model<Csg2aResponseSettings, ProfileInputs> = {
  name: "csg2a-response",
  title: "CSG2A response",
  summary: "ln IC50 from basal profile and molecule; take a trained csg2a over with --from",
  role: "model",
  layouts: ["response"],
  settings: schema,
  looksAtTraining: false,
  inherits: {
    settings: ["variant", "hiddenWidth", "mat", "plainLinear"],
    reading: ["ppi", "ppiIdentity", "distances"],
  },
  presets: {
    small: {
      settings: { ...smallSettings, ...heads },
      training: {
        ...smallTraining,
        epochs: 30,
        patience: null,
        weightDecay: 1e-5,
        schedule: { kind: "cosine", epochs: 20, floor: 1e-4 },
      },
      split: { rule: "random", number: 0 },
    },
    released: {
      settings: { ...releasedSettings, ...heads },
      training: {
        ...releasedTraining,
        weightDecay: 1e-5,
        schedule: { kind: "cosine", epochs: 20, floor: 1e-5 },
      },
      split: { rule: "torch", number: 42 },
    },
  },
  async open(options) {
    const { data, settings, engine } = options;
    const genes = data.inputs.genes.length;
    const task = new Csg2aTask(await engine(), {
      stage: "finetuning",
      model: { ...settings, genes, headWidths: releasedHeadWidths },
      training: deviceTraining(options),
      data: taskData(data),
    });
    return networkPredictor(task, options, { explain: (rows) => explainCsg2a(task, data, rows) });
  },
};
