import { z } from "zod";
import type { LossName } from "../ops/losses/main_loss.ts";
import { dropout, loss, positive, widths } from "../ranking/fields.ts";
import { type MlpConfig, releasedMlp, releasedMlpLoss } from "./config.ts";

/** Sizes that a user chooses; those that follow the data are left to them. */
export interface MlpSettings extends Pick<MlpConfig, "hidden" | "stages" | "dropout"> {
  /** What is minimised. */
  readonly loss: LossName;
}

/** Fields of the settings, to be part of those of kNN too. */
export const mlpFields = {
  hidden: positive.multipleOf(2).describe("width of drug vector, cell vector and their fusion"),
  stages: widths("widths of the stages before the last"),
  dropout,
  loss,
} as const;

/** Checks complete settings. */
export const mlpSchema: z.ZodType<MlpSettings> = z.strictObject(mlpFields);

/**
 * The released session `mlp`. Its drug input, a fine-tuned language model, is replaced by a fixed vector: the 1024 Morgan bits
 * of the molecule, or a file of drug vectors.
 */
export const releasedMlpSettings: MlpSettings = { ...releasedMlp, loss: releasedMlpLoss };
