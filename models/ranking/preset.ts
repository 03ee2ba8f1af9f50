import type { ModelPreset } from "../model.ts";
import type { TrainingSettings } from "../training_settings.ts";

/** How every released session trains (badger.md 3.5). */
const releasedRankingTraining: TrainingSettings = {
  epochs: 100,
  // Epochs that fail to beat the best validation NDCG of up-regulated genes.
  patience: 10,
  patienceKind: "cumulative",
  batchSize: 32,
  learningRate: 1e-4,
  weightDecay: 0,
  clipNorm: 5,
  schedule: { kind: "constant" },
  readEvery: 16,
  saveEvery: 500,
};

/** A released session: its own settings, and what all of them share. */
export function releasedSession<Settings>(
  settings: Settings,
  differing: Pick<ModelPreset<Settings>, "reading" | "split"> = {},
): ModelPreset<Settings> {
  return {
    settings,
    training: releasedRankingTraining,
    split: { rule: "badger-drugs", fold: 0, number: 88 },
    seed: 88,
    ...differing,
  };
}
