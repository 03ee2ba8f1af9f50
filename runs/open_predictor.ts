import type { Dataset } from "../datasets/dataset.ts";
import type { Split } from "../datasets/types.ts";
import type { Predictor } from "../models/model.ts";
import type { Device } from "./device.ts";
import type { PreparedRun } from "./prepare.ts";

/** Binds a run's model to data: its own, disturbed ones, or its own with further rows. */
export async function openPredictor(
  { model, config, split }: Pick<PreparedRun, "model" | "config" | "split">,
  data: Dataset,
  device: Device,
  rows: Split = split,
): Promise<Predictor> {
  return await model.open({
    data,
    split: rows,
    settings: model.settings.parse(config.settings),
    training: config.training ?? undefined,
    seed: config.seed,
    engine: () => device.engine(),
  });
}
