import type { Prediction } from "../datasets/evaluation/types.ts";
import type { ControlName } from "../datasets/layouts/layout.ts";
import type { NamedTensors } from "../models/training_task.ts";
import type { Device } from "./device.ts";
import { openPredictor } from "./open_predictor.ts";
import { controlNamed, type PreparedRun } from "./prepare.ts";

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
