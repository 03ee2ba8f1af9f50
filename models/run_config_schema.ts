import { z } from "zod";
import type { RunConfig } from "./run_config.ts";

const positiveInteger = z.int().positive();
const probability = z.number().min(0).lt(1);
const path = z.string().min(1);

const dataSchema = z.discriminatedUnion("source", [
  z.strictObject({ source: z.literal("folder"), folder: path }),
  z.strictObject({ source: z.literal("simulator"), options: z.record(z.string(), z.json()) }),
]);

const splitSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.enum(["random", "blind"]), number: z.int().min(0) }),
  z.strictObject({ kind: z.literal("torch"), number: z.int().min(0) }),
  z.strictObject({ kind: z.literal("condition"), number: z.int().min(0) }),
  z.strictObject({
    kind: z.literal("folds"),
    setting: z.enum(["mixed", "cell-blind", "drug-blind", "disjoint"]),
    folds: z.int().min(2),
    fold: z.int().min(0),
    number: z.int().min(0),
  }),
]);

const scheduleSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("constant") }),
  z.strictObject({ kind: z.literal("cosine"), epochs: positiveInteger, floor: z.number().min(0) }),
]);

const modelSchema = z.strictObject({
  variant: z.enum(["rowsum", "matmul"]),
  hiddenWidth: positiveInteger,
  mat: z.strictObject({ width: positiveInteger, layers: positiveInteger, heads: positiveInteger })
    .refine((mat) => mat.width % mat.heads === 0, "the MAT width must be a multiple of its heads"),
  dropout: probability,
  cceDropout: probability,
  plainLinear: z.boolean(),
  headInput: z.enum(["raw", "scaled"]),
  frozen: z.boolean(),
  frozenMode: z.enum(["train", "eval"]),
});

const trainingSchema = z.strictObject({
  epochs: positiveInteger,
  patience: positiveInteger.nullable(),
  batchSize: z.int().min(2, "BatchNorm needs at least two samples a batch"),
  seed: z.int().min(0).max(0xffffffff),
  learningRate: z.number().positive(),
  weightDecay: z.number().min(0),
  clipNorm: z.number().positive().nullable(),
  schedule: scheduleSchema,
  readEvery: positiveInteger,
  saveEvery: z.int().min(0),
});

/** Checks that a value is a complete {@link RunConfig}; unknown fields are refused. What each means stands there. */
export const runConfigSchema: z.ZodType<RunConfig> = z.strictObject({
  format: z.literal("perturbine run 1"),
  family: z.literal("csg2a"),
  stage: z.enum(["pretraining", "finetuning"]),
  preset: z.enum(["released", "small", "demo"]),
  from: path.nullable(),
  data: dataSchema,
  ppi: z.strictObject({ edges: path.nullable(), identity: z.boolean() }),
  molecules: z.strictObject({
    distances: z.enum(["rule", "path"]),
    conformers: path.nullable(),
    skipBad: z.boolean(),
    drug: z.enum(["intact", "removed", "permuted"]),
  }),
  split: splitSchema,
  model: modelSchema,
  training: trainingSchema,
});
