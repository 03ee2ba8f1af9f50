import { z } from "zod";
import type { TrainingSettings } from "./model.ts";

const positiveInteger = z.int().positive();

/** Checks complete {@link TrainingSettings}; the descriptions are what `--help` prints. */
export const trainingSchema: z.ZodType<TrainingSettings> = z.strictObject({
  epochs: positiveInteger.describe("at most so many epochs"),
  patience: positiveInteger.nullable().describe(
    "epochs without improvement before stopping; none: run all epochs",
  ),
  patienceKind: z.enum(["consecutive", "cumulative"]).describe(
    "whether an improvement sets that count back (cumulative: never, as BADGER's release)",
  ),
  batchSize: z.int().min(2, "BatchNorm needs at least two samples a batch").describe("samples a step"),
  learningRate: z.number().positive().describe("of the first epoch"),
  weightDecay: z.number().min(0).describe("added to the gradient inside Adam"),
  clipNorm: z.number().positive().nullable().describe("clip the global gradient norm; none: not at all"),
  schedule: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("constant") }),
    z.strictObject({ kind: z.literal("cosine"), epochs: positiveInteger, floor: z.number().min(0) }),
  ]),
  readEvery: positiveInteger.describe("read losses back every so many steps; changes no result"),
  saveEvery: z.int().min(0).describe(
    "save the state every so many steps besides every epoch; changes no result",
  ),
});
