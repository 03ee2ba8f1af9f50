import type { Prediction } from "../datasets/evaluation/types.ts";
import { UserError } from "../datasets/user_error.ts";
import { freeBaselines } from "../models/registry.ts";
import type { Device } from "./device.ts";
import { openPredictor } from "./open_predictor.ts";
import type { PreparedRun } from "./prepare.ts";

/**
 * What every free baseline says of rows, fitted on the run's own training rows and never on disturbed data.
 *
 * @param except names of models that are judged themselves.
 * @returns the predictions, and a sentence for each baseline that the data do not allow.
 */
export async function baselinePredictions(
  prepared: PreparedRun,
  rows: Uint32Array,
  device: Device,
  except: ReadonlySet<string>,
): Promise<{ readonly predictions: Prediction[]; readonly notes: string[] }> {
  const { data, config } = prepared;
  const predictions: Prediction[] = [], notes: string[] = [];
  for (const model of freeBaselines(data)) {
    if (except.has(model.name)) continue;
    const settings = Object.values(model.presets)[0].settings;
    try {
      const own = { model, split: prepared.split, config: { ...config, settings, training: null } };
      await using predictor = await openPredictor(own, data, device);
      const { chosen } = await predictor.fit({});
      predictions.push({
        name: model.title,
        role: model.role === "negative" ? "negative" : "baseline",
        description: chosen ? `${model.summary} (${chosen})` : model.summary,
        values: await predictor.predict(rows),
      });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      notes.push(`No ${model.title}: ${error.message}`);
    }
  }
  return { predictions, notes };
}
