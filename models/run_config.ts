import { z } from "zod";
import { type PresetName, presets } from "./presets.ts";

const positiveInteger = z.int().positive();
const probability = z.number().min(0).lt(1);

/** Where the samples come from: a folder in the released CSG2A layout, or the built-in simulator. */
const dataSourceSchema = z.discriminatedUnion("source", [
  z.strictObject({
    source: z.literal("folder"),
    folder: z.string().min(1),
  }),
  z.strictObject({
    source: z.literal("simulator"),
    /** Options of `simulateL1000` that differ from its defaults. */
    options: z.record(z.string(), z.json()),
  }),
]);

/** Which rows train, validate and test. Sources: reference-runs.md section 1, csg2a.md 5 and 1.6. */
const splitSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    /** `random`: rows by hash; `blind`: whole drugs by hash. */
    kind: z.enum(["random", "blind"]),
    /** Split number of the hash rule. */
    number: z.int().min(0),
  }),
  z.strictObject({
    /** The released notebooks' split: PyTorch's permutation of all rows. */
    kind: z.literal("torch"),
    number: z.int().min(0),
  }),
  z.strictObject({
    /** Whole conditions (drug, cell, dose, time) are held out, replicates together. */
    kind: z.literal("condition"),
    number: z.int().min(0),
  }),
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
  z.strictObject({
    kind: z.literal("cosine"),
    /** Epochs from the first rate down to `floor`; the rate stays there afterwards. */
    epochs: positiveInteger,
    floor: z.number().min(0),
  }),
]);

const modelSchema = z.strictObject({
  /** `rowsum` as released, `matmul` as the paper's text says (csg2a.md section 3, row 1). */
  variant: z.enum(["rowsum", "matmul"]),
  /** Width b of the gene queries. */
  hiddenWidth: positiveInteger,
  /** Size of the molecule encoder; `heads` divides `width`. */
  mat: z.strictObject({ width: positiveInteger, layers: positiveInteger, heads: positiveInteger })
    .refine((mat) => mat.width % mat.heads === 0, "the MAT width must be a multiple of its heads"),
  /** Before the last linear of the feed-forward, and in the fine-tuning heads. */
  dropout: probability,
  /** In the condition encoder; the release fixes it at 0.1 (row 18). */
  cceDropout: probability,
  /** Ablation of the paper's Figure 2: feed-forward(g0 + comp), no attention (row 20). */
  plainLinear: z.boolean(),
  /** Fine-tuning head's basal input (row 6). */
  headInput: z.enum(["raw", "scaled"]),
  /** Whether the transferred network is frozen in fine-tuning. */
  frozen: z.boolean(),
  /** What a frozen network's BatchNorm and dropout do (row 10): `train` as released. */
  frozenMode: z.enum(["train", "eval"]),
});

const trainingSchema = z.strictObject({
  epochs: positiveInteger,
  /** Epochs without improvement before stopping; null: all epochs are run and the last parameters are kept. */
  patience: positiveInteger.nullable(),
  batchSize: z.int().min(2, "BatchNorm needs at least two samples a batch"),
  seed: z.int().min(0).max(0xffffffff),
  learningRate: z.number().positive(),
  /** Added to the gradient inside Adam, as released (row 12). */
  weightDecay: z.number().min(0),
  /** Global L2 norm to which gradients are clipped; null: not at all, as released. */
  clipNorm: z.number().positive().nullable(),
  schedule: scheduleSchema,
  /** Losses are read back every so many steps. Changes no result. */
  readEvery: positiveInteger,
  /** The state is saved every so many steps, besides every epoch; 0: epochs only. Changes no result. */
  saveEvery: z.int().min(0),
});

/**
 * Everything that determines a run: `config.json` of a run folder holds exactly this, and `--config` reads it back.
 *
 * Every switch of csg2a.md section 3 is here; defaults are the release's.
 */
export const runConfigSchema = z.strictObject({
  format: z.literal("perturbine run 1"),
  family: z.literal("csg2a"),
  stage: z.enum(["pretraining", "finetuning"]),
  preset: z.enum(["released", "small", "demo"]),
  /** Run folder or checkpoint whose parameters are taken over; null: initialised as released. */
  from: z.string().min(1).nullable(),
  data: dataSourceSchema,
  ppi: z.strictObject({
    /** File of STRING edges; `simulator`: the simulator's own graph; null: none. */
    edges: z.string().min(1).nullable(),
    /** Whether the diagonal is 1 (row 3). Without edges and identity P = 0, the no-PPI ablation (row 21). */
    identity: z.boolean(),
  }),
  molecules: z.strictObject({
    /** How atom distances are obtained where no conformer is given (csg2a.md 6.4). */
    distances: z.enum(["rule", "path"]),
    /** Conformer file, looked up first; null: none. */
    conformers: z.string().min(1).nullable(),
    /** Rows whose SMILES cannot be parsed are left out and listed, instead of stopping the run. */
    skipBad: z.boolean(),
    /** Control: `removed` makes every molecule the dummy node, `permuted` shuffles molecules over rows. */
    drug: z.enum(["intact", "removed", "permuted"]),
  }),
  split: splitSchema,
  model: modelSchema,
  training: trainingSchema,
});

/** A resolved run configuration. */
export type RunConfig = z.infer<typeof runConfigSchema>;
/** The model's switches inside a {@link RunConfig}. */
export type ModelConfig = RunConfig["model"];
/** The training settings inside a {@link RunConfig}. */
export type TrainingConfig = RunConfig["training"];
/** The split inside a {@link RunConfig}. */
export type SplitConfig = RunConfig["split"];

/** A configuration with every field optional, section by section. */
export type RunConfigOverrides = {
  readonly [Section in keyof RunConfig]?: RunConfig[Section] extends { kind: string } | { source: string }
    ? RunConfig[Section]
    : RunConfig[Section] extends object ? Partial<RunConfig[Section]>
    : RunConfig[Section];
};

/**
 * The complete configuration of a preset for a stage, with overrides laid over it.
 *
 * @throws {z.ZodError} when the result is not a valid configuration.
 */
export function resolveRunConfig(
  stage: RunConfig["stage"],
  preset: PresetName,
  overrides: RunConfigOverrides,
): RunConfig {
  return overrideRunConfig(presets[preset](stage), overrides);
}

/**
 * A configuration with overrides laid over it: sections are merged field by field; `data`, `split` and `schedule` are
 * replaced as a whole. An override that is undefined changes nothing.
 *
 * @throws {z.ZodError} when the result is not a valid configuration.
 */
export function overrideRunConfig(base: Partial<RunConfig>, overrides: RunConfigOverrides): RunConfig {
  const merged: Record<string, unknown> = { ...base };
  for (const [section, value] of Object.entries(overrides)) {
    if (value === undefined) continue;
    const whole = typeof value !== "object" || value === null || "kind" in value || "source" in value;
    const given = whole
      ? value
      : Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined));
    merged[section] = whole ? given : { ...merged[section] as object, ...given as object };
  }
  return runConfigSchema.parse(merged);
}
