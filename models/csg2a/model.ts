import type { Model } from "../model.ts";
import type { ProfileInputs } from "../../datasets/layouts/basal_profiles/inputs.ts";
import { deviceTraining, networkPredictor } from "../network_predictor.ts";
import { explainCsg2a } from "./explain.ts";
import { taskData } from "./task_data.ts";
import {
  csg2aSchema,
  type Csg2aSettings,
  releasedSettings,
  releasedTraining,
  smallSettings,
  smallTraining,
} from "./settings.ts";
import { releasedHeadWidths } from "./sizes.ts";
import { Csg2aTask } from "./task.ts";

/** CSG2A: a perturbed profile from the basal one, the molecule, dose and time. */
export const csg2aModel: Model<Csg2aSettings, ProfileInputs> = {
  name: "csg2a",
  title: "CSG2A",
  summary: "expression after treatment, from basal profile, molecule, dose and time, by gene-gene attention",
  role: "model",
  layouts: ["profiles"],
  settings: csg2aSchema,
  looksAtTraining: false,
  inherits: {
    settings: ["variant", "hiddenWidth", "mat", "plainLinear"],
    reading: ["ppi", "ppiIdentity", "distances"],
  },
  presets: {
    small: { settings: smallSettings, training: smallTraining, split: { rule: "random", number: 0 } },
    released: {
      settings: releasedSettings,
      training: releasedTraining,
      split: { rule: "torch", number: 42 },
    },
    // For the built-in simulator: about two minutes on two cores with a software driver.
    demo: {
      settings: { ...smallSettings, hiddenWidth: 32, mat: { width: 32, layers: 1, heads: 4 } },
      training: { ...smallTraining, epochs: 40, batchSize: 64 },
      split: { rule: "condition", number: 0 },
    },
  },
  async open(options) {
    const { data, settings, engine } = options;
    const genes = data.inputs.genes.length;
    const task = new Csg2aTask(await engine(), {
      stage: "pretraining",
      model: { ...settings, genes, headWidths: releasedHeadWidths, ...notOfPretraining },
      training: deviceTraining(options),
      data: taskData(data),
    });
    return networkPredictor(task, options, { explain: (rows) => explainCsg2a(task, data, rows) });
  },
};

/** Switches of the response heads, which this network does not have. */
const notOfPretraining = { headInput: "raw", frozen: false, frozenMode: "train" } as const;
