import { z } from "zod";
import type { SettingsSchema } from "../datasets/settings_schema.ts";

/** How the learning rate runs over the epochs. */
export type ScheduleSettings =
  | {
    /** The same rate throughout. */
    readonly kind: "constant";
  }
  | {
    /** Cosine annealing, stepped once an epoch. */
    readonly kind: "cosine";
    /** Epochs from the first rate down to `floor`; the rate stays there afterwards. */
    readonly epochs: number;
    /** Last learning rate. */
    readonly floor: number;
  };

/** How a network is trained; the seed is the run's. */
export interface TrainingSettings {
  /** At most so many epochs. */
  readonly epochs: number;
  /** Epochs without improvement before stopping; null: all epochs are run and the last parameters are the result. */
  readonly patience: number | null;
  /** `cumulative` as BADGER's release: the counter of epochs without improvement is never set back. */
  readonly patienceKind: "consecutive" | "cumulative";
  /** Samples a step. */
  readonly batchSize: number;
  /** Of the first epoch. */
  readonly learningRate: number;
  /** Added to the gradient inside Adam. */
  readonly weightDecay: number;
  /** Global L2 norm to which gradients are clipped; null: not at all. */
  readonly clipNorm: number | null;
  /** Learning rate over the epochs. */
  readonly schedule: ScheduleSettings;
  /** Losses are read back every so many steps. Changes no result. */
  readonly readEvery: number;
  /** The state is saved every so many steps, besides every epoch; 0: epochs only. Changes no result. */
  readonly saveEvery: number;
}

const positiveInteger = z.int().positive();

/** Checks complete {@link TrainingSettings}; the descriptions are what `--help` prints. */
export const trainingSchema: SettingsSchema<TrainingSettings> = z.strictObject({
  epochs: positiveInteger.describe("at most so many epochs"),
  patience: positiveInteger.nullable().describe(
    "epochs without improvement before stopping; none: run all epochs",
  ),
  patienceKind: z.enum(["consecutive", "cumulative"]).describe(
    "whether an improvement sets that count back (cumulative: never, as BADGER's release)",
  ),
  batchSize: z.int().min(2, "BatchNorm needs at least two samples a batch").describe("samples a step"),
  learningRate: z.number().positive().describe("learning rate of the first epoch"),
  weightDecay: z.number().min(0).describe("added to the gradient inside Adam"),
  clipNorm: z.number().positive().nullable().describe("clip the global gradient norm; none: not at all"),
  schedule: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("constant") }),
    z.strictObject({ kind: z.literal("cosine"), epochs: positiveInteger, floor: z.number().min(0) }),
  ]).describe("how the learning rate runs over the epochs"),
  readEvery: positiveInteger.describe("read losses back every so many steps; changes no result"),
  saveEvery: z.int().min(0).describe(
    "save the state every so many steps besides every epoch; changes no result",
  ),
});
