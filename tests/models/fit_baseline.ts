import type { Dataset } from "../../datasets/dataset.ts";
import type { Split } from "../../datasets/types.ts";
import type { Model, Predictor } from "../../models/model.ts";
import { modelNamed } from "../../models/registry.ts";

const noEngine = () => Promise.reject(new Error("a baseline asked for a device."));

/** A baseline on data, with settings that differ from its preset's. */
export function openBaseline(
  model: Model,
  data: Dataset,
  split: Split,
  settings = {},
  seed = 0,
): Promise<Predictor> {
  const complete = { ...Object.values(model.presets)[0].settings, ...settings };
  return model.open({ data, split, settings: model.settings.parse(complete), seed, engine: noEngine });
}

/** A baseline fitted, and what it predicts of the test rows. */
export async function fitBaseline(name: string, data: Dataset, split: Split, settings = {}) {
  const predictor = await openBaseline(modelNamed(name), data, split, settings);
  const { chosen } = await predictor.fit({});
  return { predictor, chosen, prediction: await predictor.predict(split.test) };
}
