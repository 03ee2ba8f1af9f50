import { Engine } from "../../engine/mod.ts";
import { AskedChoices } from "../tools/asked_choices.ts";
import type { ModelCase, ModelScale } from "./model_case.ts";

/** The choices that training and prediction of some models depend on, each model on a device of its own. */
export async function askedByModels(
  gpu: GPU,
  models: readonly ModelCase[],
  scale: ModelScale,
): Promise<AskedChoices> {
  const asked = new AskedChoices();
  for (const model of models) {
    const engine = await Engine.open(gpu);
    engine.device.tuning = asked;
    try {
      const prepared = await model.prepare(engine, scale);
      await prepared.train(0);
      await prepared.infer?.();
      prepared.dispose();
    } finally {
      engine.dispose();
    }
  }
  return asked;
}
