import { z } from "zod";
import type { TrainingSettings } from "../training_settings.ts";

/** Rates of dropout. */
export const rate: z.ZodNumber = z.number().min(0).lt(1);

/** What the last layer gives. */
export const predicts: z.ZodType<"change" | "profile"> = z.enum(["change", "profile"]).describe(
  "what the last layer gives: the change, which is added to the untreated profile, or the treated profile itself " +
    "(better where an untreated profile is the noise of one well)",
);

/** Training of the models on a graph (kg-gat.md 8.1, a choice: its source prints none); Adam with the decay inside, as the engine has it. */
export const graphTraining: TrainingSettings = {
  epochs: 100,
  patience: 15,
  patienceKind: "consecutive",
  batchSize: 256,
  learningRate: 1e-3,
  weightDecay: 1e-4,
  clipNorm: 1,
  schedule: { kind: "constant" },
  readEvery: 16,
  saveEvery: 500,
};
