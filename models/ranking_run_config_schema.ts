import { z } from "zod";
import { lossNames } from "./ops/losses/main_loss.ts";
import type { RankingRunConfig } from "./ranking_run_config.ts";

const positive = z.int().positive();
const probability = z.number().min(0).lt(1);
const weight = z.number().min(0);
const text = z.string().min(1);
const widths = z.array(positive).min(1);
const divides = ({ hidden, heads }: { hidden: number; heads: number }) => hidden % heads === 0;
const dividesMessage = "the hidden width must be a multiple of the heads";
const attention = z.enum(["additive", "scaledDot", "dot"]);
const geneTableInit = z.enum(["released", "file"]);
const mlp = { hidden: positive, stages: widths, dropout: probability };

const modelSchema = z.discriminatedUnion("family", [
  z.strictObject({
    family: z.enum(["badger", "badger-light"]),
    hidden: positive.multipleOf(2),
    heads: positive,
    dropout: probability,
    geneAttention: z.boolean(),
    geneBlocks: positive,
    plusUltra: z.boolean(),
    decoderMultiway: z.boolean(),
    cleanPath: z.boolean(),
    norm: z.enum(["set", "layer"]),
    setNorm: z.enum(["variance", "deviation"]),
    sameLinear: z.boolean(),
    crossAttention: attention,
    selfAttention: attention,
  }).refine(divides, dividesMessage)
    .refine(
      ({ family, plusUltra }) => family === "badger" || !plusUltra,
      "plusUltra attends to pathways, which badger-light does not have",
    ),
  z.strictObject({ family: z.literal("mlp"), ...mlp }),
  z.strictObject({ family: z.literal("knn"), ...mlp, neighbours: positive }),
  z.strictObject({
    family: z.literal("deepce"),
    hidden: positive,
    convolutions: widths,
    layers: positive,
    heads: positive,
    feedForward: positive,
    metaEmbedding: positive,
    dropout: probability,
    geneTableInit,
  }).refine(divides, dividesMessage),
  z.strictObject({
    family: z.literal("ciger"),
    hidden: positive.multipleOf(2),
    convolutions: widths,
    layers: positive,
    feedForward: positive,
    decoder: widths,
    dropout: probability,
    geneTableInit,
    layerNormInit: z.union([z.literal(0), z.literal(1)]),
  }),
]);

/** Checks that a value is a complete {@link RankingRunConfig}; unknown fields are refused. What each means stands there. */
export const rankingRunConfigSchema: z.ZodType<RankingRunConfig> = z.strictObject({
  format: z.literal("perturbine ranking run 1"),
  session: text,
  data: z.discriminatedUnion("source", [
    z.strictObject({ source: z.literal("folder"), folder: text }),
    z.strictObject({ source: z.literal("simulator"), options: z.record(z.string(), z.json()) }),
  ]),
  reading: z.strictObject({
    labels: z.enum(["real", "real_reverse"]),
    fragments: z.enum(["set", "multiset"]),
    lastPathway: z.enum(["released", "unknown"]),
    minTas: z.union([z.number(), z.enum(["prepared", "off"])]),
    requireQc: z.union([z.boolean(), z.literal("prepared")]),
    cellVectors: z.enum(["similarity", "scgpt", "none"]),
    geneTable: text.nullable(),
    pathways: text.nullable(),
    drugVectors: text.nullable(),
    genes: positive.nullable(),
    skipBad: z.boolean(),
    drug: z.enum(["intact", "zeroed", "permuted"]),
  }),
  split: z.discriminatedUnion("kind", [
    z.strictObject({
      kind: z.enum(["cell_id", "pert_id", "pair_id"]),
      fold: z.int().min(0).max(4),
      seed: z.int().min(0).max(0xffffffff),
    }),
    z.strictObject({ kind: z.enum(["random", "drug", "cell"]), number: z.int().min(0) }),
  ]),
  model: modelSchema,
  loss: z.strictObject({
    main: z.enum(lossNames),
    mainWeight: weight,
    pathwayWeight: weight,
    geneAttentionWeight: weight,
    spreadoutWeight: weight,
  }),
  training: z.strictObject({
    epochs: positive,
    patience: positive.nullable(),
    patienceKind: z.enum(["cumulative", "consecutive"]),
    batchSize: positive,
    seed: z.int().min(0).max(0xffffffff),
    learningRate: z.number().positive(),
    weightDecay: weight,
    clipNorm: z.number().positive().nullable(),
    readEvery: positive,
    saveEvery: z.int().min(0),
  }),
});
