import { z } from "zod";
import type { TrainingSettings } from "../training_settings.ts";

/** The network's sizes and switches (rows are those of csg2a.md section 3). */
export interface Csg2aSettings {
  /** `rowsum` as released, `matmul` as the paper's text says (row 1). */
  readonly variant: "rowsum" | "matmul";
  /** Width b of the gene queries. */
  readonly hiddenWidth: number;
  /** Size of the molecule encoder; `heads` divides `width`. */
  readonly mat: { readonly width: number; readonly layers: number; readonly heads: number };
  /** Before the last linear of the feed-forward, and in the heads of drug response. */
  readonly dropout: number;
  /** In the condition encoder; the release fixes it at 0.1 (row 18). */
  readonly cceDropout: number;
  /** Ablation of the paper's Figure 2: feed-forward(g0 + comp), no attention (row 20). */
  readonly plainLinear: boolean;
}

const positive = z.int().positive();
const probability = z.number().min(0).lt(1);

/** Fields of the settings, to be part of those of drug response too. */
export const csg2aFields = {
  variant: z.enum(["rowsum", "matmul"]).describe("how scores are applied: as released, or as the paper says"),
  hiddenWidth: positive.describe("width of the gene queries"),
  mat: z.strictObject({
    width: positive.describe("width of the molecule encoder"),
    layers: positive.describe("layers of the molecule encoder"),
    heads: positive.describe("heads of the molecule encoder"),
  }).refine((mat) => mat.width % mat.heads === 0, "the MAT width must be a multiple of its heads"),
  dropout: probability.describe("dropout of the feed-forward and the heads"),
  cceDropout: probability.describe("dropout of the condition encoder"),
  plainLinear: z.boolean().describe("ablation: no gene attention, basal profile and condition are added"),
} as const;

/** Checks complete settings. */
export const csg2aSchema: z.ZodType<Csg2aSettings> = z.strictObject(csg2aFields);

/** The published size: 7 GFLOP a molecule, for a GPU. */
export const releasedSettings: Csg2aSettings = {
  variant: "rowsum",
  hiddenWidth: 64,
  mat: { width: 1024, layers: 8, heads: 16 },
  dropout: 0.1,
  cceDropout: 0.1,
  plainLinear: false,
};

/** The size of reference-runs.md: two MAT layers of width 64. */
export const smallSettings: Csg2aSettings = {
  ...releasedSettings,
  mat: { width: 64, layers: 2, heads: 4 },
};

/** How the release trains (csg2a.md section 5). */
export const releasedTraining: TrainingSettings = {
  // The release trains until early stopping; the cap only guards against a run that never settles.
  epochs: 1000,
  patience: 20,
  patienceKind: "consecutive",
  batchSize: 128,
  learningRate: 1e-4,
  weightDecay: 0,
  clipNorm: null,
  schedule: { kind: "constant" },
  readEvery: 16,
  saveEvery: 500,
};

/** The training of reference-runs.md: ten times the learning rate. */
export const smallTraining: TrainingSettings = {
  ...releasedTraining,
  epochs: 60,
  patience: 10,
  learningRate: 1e-3,
};
