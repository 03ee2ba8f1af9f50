import { type PresetName, presets } from "./presets.ts";
import type { DataConfig, ModelConfig, RunConfig, SplitConfig, TrainingConfig } from "./run_config.ts";
import { runConfigSchema } from "./run_config_schema.ts";

/** A configuration with every field optional, section by section. */
export interface RunConfigOverrides {
  /** Replaces where parameters come from. */
  readonly from?: string | null;
  /** Replaces the data as a whole. */
  readonly data?: DataConfig;
  /** Fields of the PPI matrix. */
  readonly ppi?: Partial<RunConfig["ppi"]>;
  /** Fields of the molecules. */
  readonly molecules?: Partial<RunConfig["molecules"]>;
  /** Replaces the split as a whole. */
  readonly split?: SplitConfig;
  /** Fields of the model. */
  readonly model?: Partial<ModelConfig>;
  /** Fields of the training. */
  readonly training?: Partial<TrainingConfig>;
}

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
  return runConfigSchema.parse({
    ...base,
    ...given({ from: overrides.from, data: overrides.data, split: overrides.split }),
    ppi: { ...base.ppi, ...given(overrides.ppi) },
    molecules: { ...base.molecules, ...given(overrides.molecules) },
    model: { ...base.model, ...given(overrides.model) },
    training: { ...base.training, ...given(overrides.training) },
  });
}

/** The fields that are not undefined. */
function given(fields: object = {}): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
