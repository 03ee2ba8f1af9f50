import { z } from "zod";
import { type LossName, lossNames } from "../ops/losses/main_loss.ts";

/** Fields that several of the gene rankers have, with one description each. */
export const positive: z.ZodNumber = z.int().positive();

/** Share that a dropout sets to 0. */
export const dropout: z.ZodType<number> = z.number().min(0).lt(1).describe("rate of all dropouts");

/** Widths of layers. */
export const widths = (of: string): z.ZodType<readonly number[]> =>
  z.array(z.int().positive()).min(1).describe(of);

/** The main loss by its released name. */
export const loss: z.ZodType<LossName> = z.enum(lossNames).describe(
  "what is minimised, by its released name",
);

/** What DeepCE and CIGER start their genes with. */
export const geneTableInit: z.ZodType<GeneTableInit> = z.enum(["released", "file"]).describe(
  "what the gene table starts with: Xavier noise over the file's table as released, or the file",
);

/** `released`: noise, by which the release overwrites the table it read (badger.md 3.6). */
export type GeneTableInit = "released" | "file";

/** Whether a loss looks at the order of genes alone, so that the scale of predictions is chance. */
export function ranksOnly(name: LossName): boolean {
  return /^(list|pair)_wise_/.test(name);
}
