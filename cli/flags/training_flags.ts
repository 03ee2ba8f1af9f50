import { type Command, Option } from "commander";
import { type ControlName, controlNames } from "../../datasets/layouts/layout.ts";
import { layoutNamed } from "../../datasets/layouts/mod.ts";
import type { Model, TrainingSettings } from "../../models/model.ts";
import { trainingSchema } from "../../models/training_settings.ts";
import type { RunWish } from "../../runs/configure.ts";
import { readConfigFile } from "../../runs/read_config.ts";
import { UsageError } from "../usage_error.ts";
import { dataFlags } from "./data_flags.ts";
import { flagsFromSchema } from "./flags_from_schema.ts";
import { addSplitFlags, readSplitFlags } from "./split_flags.ts";
import { seedNumber, wholeNumber } from "./words.ts";

/** Settings whose flag is shorter than their name; the schedule has a flag of its own. */
const trainingNames = { batchSize: "batch", learningRate: "lr", schedule: null } as const;

/** Inputs that can be disturbed in one of a model's layouts. */
function controlsOf({ layouts }: Pick<Model, "layouts">): string[] {
  const known = layouts.flatMap((name) => layoutNamed(name).controls.map((control) => control.name));
  return controlNames.filter((name) => known.includes(name));
}

/** What a training command was asked. */
export interface AskedTraining {
  readonly wish: RunWish;
  /** Every fold of the split, each in a run of its own. */
  readonly allFolds: boolean;
  /** Trainings that differ in their seed alone. */
  readonly seeds: number;
}

/** The flags with which a model is trained: only those that it has. */
export interface TrainingFlags {
  addTo(command: Command): void;
  /** @throws {UsageError} when flags contradict each other. */
  read(options: Readonly<Record<string, unknown>>): Promise<AskedTraining>;
}

/**
 * The flags of a model, from its settings, its layouts and its training.
 *
 * @param preset the one that holds without `--preset`; absent: the model's first
 */
export function trainingFlags(model: Model, preset?: string): TrainingFlags {
  const presets = firstly(model.presets, preset);
  const names = Object.keys(presets);
  const own = <Value>(part: (preset: Model["presets"][string]) => Value) =>
    Object.fromEntries(names.map((name) => [name, part(presets[name])]));
  const data = dataFlags({ layouts: model.layouts, presets });
  const settings = flagsFromSchema(model.settings, { presets: own((one) => one.settings) });
  const isTrained = names.some((name) => presets[name].training !== undefined);
  const training = flagsFromSchema(trainingSchema, {
    presets: own((one) => one.training),
    names: trainingNames,
  });
  return {
    addTo(command) {
      command.option(
        "--config <file>",
        "start from the config.json of another run; flags given here override it",
      );
      if (names.length > 1) {
        command.addOption(
          new Option("--preset <name>", `size and training to start from (default: ${names[0]})`).choices(
            names,
          ),
        );
      }
      if (isTrained) {
        command.option(
          "--from <run>",
          "take parameters over from a run folder, a .safetensors or a PyTorch file",
        );
      }
      data.addTo(command);
      addSplitFlags(command, usualSplit(presets[names[0]].split));
      if (settings.names.length > 0) settings.addTo(command, "Model:");
      if (isTrained) {
        training.addTo(command, "Training:");
        command.option(
          "--cosine <epochs>",
          "cosine schedule over so many epochs down to a tenth of the learning rate; 0: constant",
          wholeNumber(0),
        );
      }
      command.optionsGroup(isTrained ? "Training:" : "Randomness:")
        .option("--seed <n>", "of everything that is drawn (default: 42)", seedNumber)
        .option("--seeds <n>", "so many trainings that differ in their seed, judged together", wholeNumber(1))
        .addOption(
          new Option("--control <name>", "train and test with an input disturbed").choices(controlsOf(model)),
        );
    },
    async read(options) {
      const { config, preset: named, from, seed, seeds, control, cosine } = options as CommonOptions;
      if (config !== undefined && named !== undefined) {
        throw new UsageError("--config settles all that --preset would; give one of them.");
      }
      const base = config === undefined ? undefined : await readConfigFile(config);
      const { wish: split, allFolds } = await readSplitFlags(options);
      const given = training.given(options) as Partial<TrainingSettings>;
      const rate = given.learningRate ?? base?.training?.learningRate ??
        presets[named ?? names[0]].training?.learningRate;
      return {
        allFolds,
        seeds: seeds ?? 1,
        wish: {
          model: model.name,
          preset: named ?? (base ? undefined : preset),
          base,
          from,
          ...data.read(options),
          split,
          control,
          settings: settings.given(options),
          training: { ...given, ...scheduleOf(cosine, rate ?? 1e-3) },
          seed,
        },
      };
    },
  };
}

interface CommonOptions {
  readonly config?: string;
  readonly preset?: string;
  readonly from?: string;
  readonly seed?: number;
  readonly seeds?: number;
  readonly control?: ControlName;
  readonly cosine?: number;
}

function firstly(presets: Model["presets"], first: string | undefined): Model["presets"] {
  return first === undefined ? presets : { [first]: presets[first], ...presets };
}

function usualSplit(split: Readonly<Record<string, unknown>> | undefined): string {
  return String(split?.rule ?? "random");
}

function scheduleOf(epochs: number | undefined, rate: number): Pick<Partial<TrainingSettings>, "schedule"> {
  if (epochs === undefined) return {};
  return { schedule: epochs === 0 ? { kind: "constant" } : { kind: "cosine", epochs, floor: rate / 10 } };
}
