import type { Dataset } from "../datasets/dataset.ts";
import type { Prediction } from "../datasets/evaluation/types.ts";
import type { ControlName } from "../datasets/layouts/layout.ts";
import type { Split } from "../datasets/types.ts";
import { UserError } from "../datasets/user_error.ts";
import type { Predictor } from "../models/model.ts";
import { freeBaselines } from "../models/registry.ts";
import type { NamedTensors } from "../models/training_task.ts";
import type { Device } from "./device.ts";
import { controlNamed, type PreparedRun } from "./prepare.ts";

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

/**
 * The same fitted model on rows whose input is disturbed.
 *
 * @param names which controls; absent: all of the layout.
 * @returns the predictions, and a sentence for each control that cannot be had on these rows.
 */
export async function controlPredictions(
  prepared: PreparedRun,
  rows: Uint32Array,
  state: NamedTensors,
  device: Device,
  names?: readonly ControlName[],
): Promise<{ readonly predictions: Prediction[]; readonly notes: string[] }> {
  const { layout, shown, config, model } = prepared;
  const predictions: Prediction[] = [], notes: string[] = [];
  for (const name of names ?? layout.controls.map((control) => control.name)) {
    // A run that was trained on a disturbed input has nothing left to disturb there.
    if (name.split("-")[0] === config.control?.split("-")[0]) continue;
    const control = controlNamed(layout, name);
    const data = control.disturb(shown, rows, config.seed);
    if (typeof data === "string") {
      notes.push(`${name}: untested, ${data}`);
      continue;
    }
    await using predictor = await openPredictor(prepared, data, device);
    predictor.restore(state);
    predictions.push({
      name: `${model.title}, ${name}`,
      role: "control",
      control: name,
      description: `The same parameters, ${control.description}.`,
      values: await predictor.predict(rows),
    });
  }
  return { predictions, notes };
}
