import { z } from "zod";
import { dropout, loss, positive } from "../ranking/fields.ts";
import { type BadgerConfig, releasedBadger } from "./config.ts";
import { type BadgerLossConfig, releasedBadgerLoss } from "./loss.ts";

/** Sizes and switches that a user chooses, and the weights of the loss; sizes that follow the data are left to them. */
export interface BadgerSettings extends
  Pick<
    BadgerConfig,
    | "hidden"
    | "heads"
    | "dropout"
    | "geneAttention"
    | "geneBlocks"
    | "plusUltra"
    | "decoderMultiway"
    | "cleanPath"
    | "norm"
    | "setNorm"
    | "sameLinear"
    | "crossAttention"
    | "selfAttention"
  >,
  Omit<BadgerLossConfig, "labelType"> {}

const attention = (of: string) => z.enum(["additive", "scaledDot", "dot"]).describe(`how ${of} are scored`);
const weight = (of: string) => z.number().min(0).describe(`weight of ${of} in the loss`);

/** Fields of BADGER and of its ablation without pathways. */
export const badgerFields = {
  hidden: positive.multipleOf(2).describe("hidden width"),
  heads: positive.describe("attention heads"),
  dropout,
  geneAttention: z.boolean().describe("the gene-gene block is there"),
  geneBlocks: positive.describe("gene-gene blocks, one after the other"),
  decoderMultiway: z.boolean().describe("one decoder vector a gene"),
  cleanPath: z.boolean().describe(
    "norms on the branch before attention and feed-forward, not after the sums",
  ),
  norm: z.enum(["set", "layer"]).describe("what the blocks normalise by"),
  setNorm: z.enum(["variance", "deviation"]).describe(
    "what SetNorm divides by: the variance as released, the deviation as published",
  ),
  sameLinear: z.boolean().describe("one projection for queries, keys and values, not three"),
  crossAttention: attention("fragments, pathways and genes"),
  selfAttention: attention("genes among themselves"),
  loss,
  mainWeight: weight("the main term"),
  geneAttentionWeight: weight("the L1 distance of the mean gene-gene attention to the identity"),
  spreadoutWeight: weight("the spread-out regularisation of the gene states"),
} as const;

/** The hidden width is dealt to the heads. */
export const divides = ({ hidden, heads }: { readonly hidden: number; readonly heads: number }): boolean =>
  hidden % heads === 0;

/** What is said where it cannot be. */
export const dividesMessage = "the hidden width must be a multiple of the heads";

/** Checks complete settings of BADGER. */
export const badgerSchema: z.ZodType<BadgerSettings> = z.strictObject({
  ...badgerFields,
  plusUltra: z.boolean().describe("a cross block over genes and pathways in place of the gene-gene block"),
  pathwayWeight: weight("the supervision of the drug-pathway attention"),
}).refine(divides, dividesMessage);

const { fingerprintBits: _, light: __, ...sizes } = releasedBadger;
const { labelType: ___, ...weights } = releasedBadgerLoss;

/** The released session `badger` (badger.md sections 2 and 3). */
export const releasedBadgerSettings: BadgerSettings = { ...sizes, ...weights };
