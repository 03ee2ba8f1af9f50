import type { Prediction } from "../datasets/evaluation/types.ts";
import type { PreparedRun } from "./prepare.ts";

/** A run's own values as an entry of a table. */
export function ownPrediction(
  { model, config }: Pick<PreparedRun, "model" | "config">,
  values: Float32Array,
  repeats: readonly Float32Array[] = [],
): Prediction {
  const control = config.control === null ? "" : `, ${config.control}`;
  const preset = config.preset === null ? "" : ` Preset ${config.preset}.`;
  return {
    name: model.title + control,
    role: "model",
    description: `${model.summary}.${preset}`,
    values,
    ...(repeats.length > 0 ? { repeats } : {}),
    ...(model.arbitraryScale?.(config.settings) ? { arbitraryScale: true } : {}),
  };
}
