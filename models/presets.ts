import type { RunConfig } from "./run_config.ts";

/** Named starting points for a configuration. */
export type PresetName = RunConfig["preset"];

/** A configuration without its data; the demo brings its own. */
export type PresetConfig = Omit<RunConfig, "data"> & { readonly data?: RunConfig["data"] };

/** What the release does, whatever the size (csg2a.md section 5). */
function released(stage: RunConfig["stage"]): PresetConfig {
  const finetuning = stage === "finetuning";
  return {
    format: "perturbine run 1",
    family: "csg2a",
    stage,
    preset: "released",
    from: null,
    ppi: { edges: null, identity: true },
    molecules: { distances: "rule", conformers: null, skipBad: false, drug: "intact" },
    split: { kind: "torch", number: 42 },
    model: {
      variant: "rowsum",
      hiddenWidth: 64,
      mat: { width: 1024, layers: 8, heads: 16 },
      dropout: 0.1,
      cceDropout: 0.1,
      plainLinear: false,
      headInput: "raw",
      frozen: true,
      frozenMode: "train",
    },
    training: {
      // The release trains until early stopping; the cap only guards against a run that never settles.
      epochs: 1000,
      patience: 20,
      batchSize: 128,
      seed: 42,
      learningRate: 1e-4,
      weightDecay: finetuning ? 1e-5 : 0,
      clipNorm: null,
      schedule: finetuning ? { kind: "cosine", epochs: 20, floor: 1e-5 } : { kind: "constant" },
      readEvery: 16,
      saveEvery: 500,
    },
  };
}

/** The size of reference-runs.md: two MAT layers of width 64, ten times the learning rate. */
function small(stage: RunConfig["stage"]): PresetConfig {
  const base = released(stage);
  const finetuning = stage === "finetuning";
  return {
    ...base,
    preset: "small",
    split: { kind: "random", number: 0 },
    model: { ...base.model, mat: { width: 64, layers: 2, heads: 4 } },
    training: {
      ...base.training,
      epochs: finetuning ? 30 : 60,
      patience: finetuning ? null : 10,
      learningRate: 1e-3,
      schedule: finetuning ? { kind: "cosine", epochs: 20, floor: 1e-4 } : { kind: "constant" },
    },
  };
}

/** For the built-in simulator: about two minutes on two cores with a software driver. */
function demo(stage: RunConfig["stage"]): PresetConfig {
  const base = small(stage);
  return {
    ...base,
    preset: "demo",
    data: { source: "simulator", options: {} },
    ppi: { edges: "simulator", identity: true },
    split: { kind: "condition", number: 0 },
    model: { ...base.model, hiddenWidth: 32, mat: { width: 32, layers: 1, heads: 4 } },
    training: { ...base.training, epochs: 40, patience: 10, batchSize: 64 },
  };
}

/**
 * Presets by name: complete configurations apart from where the data lie.
 *
 * `released` is the published size (7 GFLOP a molecule: for a GPU), `small` the size of the reference runs,
 * `demo` the simulator's.
 */
export const presets: Readonly<Record<PresetName, (stage: RunConfig["stage"]) => PresetConfig>> = {
  released,
  small,
  demo,
};
