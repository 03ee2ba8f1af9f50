import type { Dataset } from "../datasets/dataset.ts";
import type { Control, ControlName, Layout } from "../datasets/layouts/layout.ts";
import { layoutNamed } from "../datasets/layouts/mod.ts";
import { makeSplit } from "../datasets/splits/make_split.ts";
import { overlapSentences } from "../datasets/splits/overlap.ts";
import type { Split } from "../datasets/types.ts";
import { UserError } from "../datasets/user_error.ts";
import type { Model } from "../models/model.ts";
import { modelNamed } from "../models/registry.ts";
import type { RunConfig } from "./run_config.ts";

/** A run's data and model, before a device is opened. */
export interface PreparedRun {
  /** What was asked for. */
  readonly config: RunConfig;
  /** What is trained. */
  readonly model: Model;
  /** How the data lie. */
  readonly layout: Layout;
  /** As read: what baselines, tables and intervals look at. */
  readonly data: Dataset;
  /** What the model sees, after the control of the configuration. */
  readonly shown: Dataset;
  /** Its parts. */
  readonly split: Split;
  /** Sentences for the report. */
  readonly notes: readonly string[];
}

/**
 * Reads and checks everything that a run needs.
 *
 * @param genes order that parameters prescribe, where they have one.
 * @throws {UserError} for any fault of the data, or a split that leaves nothing to train on or to test.
 */
export async function prepareRun(config: RunConfig, genes?: readonly string[]): Promise<PreparedRun> {
  const model = modelNamed(config.model);
  const layout = layoutNamed(config.layout);
  if (!model.layouts.includes(layout.name)) {
    throw new UserError(
      `${model.title} does not take the layout ${layout.name}; expected ${model.layouts.join(" or ")}.`,
    );
  }
  const data = await readData(config, genes);
  const split = await makeSplit(config.split, data);
  const empty = split.train.length === 0 ? "training" : split.test.length === 0 ? "test" : undefined;
  if (empty !== undefined) {
    throw new UserError(
      `${data.source}: the split "${split.name}" leaves no ${empty} rows (${split.train.length} to train, ` +
        `${split.validation.length} to validate, ${split.test.length} to test); choose another fold or split.`,
    );
  }
  const shown = config.control === null
    ? data
    : disturbedByPart(layout, data, split, config.control, config.seed);
  return { config, model, layout, data, shown, split, notes: await notesOn(config, model, data, split) };
}

/** The rows of a configuration's data. */
export async function readData(
  { layout: name, data, reading, identity, model, settings }: RunConfig,
  genes?: readonly string[],
): Promise<Dataset> {
  const layout = layoutNamed(name);
  const context = { identity, genes };
  const options = {
    ...modelNamed(model).simulatorOptions?.(settings),
    ...data.source === "simulator" && data.options,
  };
  return data.source === "simulator"
    ? await layout.simulate(options, layout.settings.parse(reading), context)
    : await layout.read(data.folder, layout.settings.parse(reading), context);
}

/** What a model's reader must know of data: of the layout's own inputs only where the model looks into them. */
export function notesFor({ role }: Model, { notes, inputNotes = [] }: Dataset): string[] {
  return role === "model" ? [...notes, ...inputNotes] : [...notes];
}

/** A layout's control by its name. @throws {UserError} when it has no such input. */
export function controlNamed(layout: Layout, name: ControlName): Control<unknown> {
  const control = layout.controls.find((other) => other.name === name);
  if (control) return control;
  throw new UserError(
    `The layout ${layout.name} has no control ${name}; expected one of ${
      layout.controls.map((other) => other.name).join(", ")
    }.`,
  );
}

/**
 * The control applied inside each part by itself, so that no test row is shown a training drug that it would not have. A part in
 * which there is nothing to disturb (a validation part of one drug) stays as it is; the training part must not.
 */
function disturbedByPart(
  layout: Layout,
  data: Dataset,
  { train, validation, test }: Split,
  name: ControlName,
  seed: number,
): Dataset {
  const control = controlNamed(layout, name);
  const trained = control.disturb(data, train, seed);
  if (typeof trained === "string") throw new UserError(`The control ${name} cannot be applied: ${trained}`);
  return [validation, test].filter(({ length }) => length > 0).reduce((shown, rows) => {
    const disturbed = control.disturb(shown, rows, seed);
    return typeof disturbed === "string" ? shown : disturbed;
  }, trained);
}

async function notesOn(
  { control, training }: RunConfig,
  model: Model,
  data: Dataset,
  split: Split,
): Promise<string[]> {
  const notes = [...notesFor(model, data), ...await overlapSentences(data, split)];
  if (control !== null) notes.push(`Control run: ${control}, in training and in testing.`);
  if (training && training.patience === null) {
    notes.push(`No early stopping: all ${training.epochs} epochs were run.`);
  }
  if (data.skipped.length > 0) {
    notes.push(`${data.skipped.length} faulty rows were left out: see skipped.json.`);
  }
  return notes;
}
