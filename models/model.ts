import type { Dataset } from "../datasets/dataset.ts";
import type { SettingsSchema } from "../datasets/settings_schema.ts";
import type { SplitRule } from "../datasets/splits/split_rule.ts";
import type { Split } from "../datasets/types.ts";
import type { Engine, KernelTiming } from "../engine/mod.ts";
import type { EpochLine } from "./train_record.ts";
import type { TrainProgress } from "./train_loop.ts";
import type { Communicator } from "./distributed/communicator.ts";
import type { OuterSettings } from "./distributed/outer_step.ts";
import type { SharingCost } from "./distributed/step_sharing.ts";
import type { RunStore } from "./run_store.ts";
import type { Explanation } from "./explanation.ts";
import type { TrainingSettings } from "./training_settings.ts";
import type { NamedTensors } from "./training_task.ts";

/** Processes that train one network together. */
export interface Group {
  /** How they speak to one another. */
  readonly communicator: Communicator;
  /** Normalise by the statistics of a process's own rows instead of those of the whole batch. */
  readonly ownNorm?: boolean;
  /** Processes step by themselves and come together every so many steps; absent: in every step. */
  readonly local?: OuterSettings;
  /** Bytes of gradients that travel together; default 4 MiB. */
  readonly bucketBytes?: number;
  /** Takes what communication has cost, at the end. */
  onCost?(cost: Readonly<SharingCost>): void;
}

export type { TrainingSettings } from "./training_settings.ts";

/** What a model is opened with. */
export interface OpenOptions<Settings, Inputs> {
  /** What the model sees: a control has been applied. */
  readonly data: Dataset<Inputs>;
  /** Its training rows may be looked at by `fit` alone. */
  readonly split: Split;
  /** Complete settings. */
  readonly settings: Settings;
  /** Absent for models that are fitted in closed form. */
  readonly training?: TrainingSettings;
  /** Of initialisation, order of batches, dropout, and whatever else is drawn. */
  readonly seed: number;
  /** The device, opened when first asked for: a baseline asks for none. */
  engine(): Promise<Engine>;
}

/** How a model is fitted. None of it changes a result. */
export interface FitOptions {
  /** Where to save, and where to go on from when it holds a state. */
  readonly store?: RunStore;
  /** Ctrl-C: the state is saved and fitting returns. */
  readonly signal?: AbortSignal;
  /** Other processes that take a part of every batch; it changes results within rounding. Only networks can share. */
  readonly group?: Group;
  /** After losses were read. */
  onProgress?(progress: TrainProgress): void;
  /** After each epoch's validation, before it is saved. */
  onEpoch?(line: EpochLine): void | Promise<void>;
}

/** How fitting ended. */
export interface FitOutcome {
  /** `stopped`: by the signal; what was done is saved. */
  readonly status: "finished" | "stopped";
  /** Steps done; 0 for a closed form. */
  readonly step: number;
  /** Whole epochs done. */
  readonly epoch: number;
  /** Epoch whose parameters are the result; null for a closed form. */
  readonly bestEpoch: number | null;
  /** What was chosen on the validation rows (a penalty, neighbours), for people. */
  readonly chosen?: string;
}

/** A model bound to data. Predicts after `fit` or `restore`. */
export interface Predictor extends AsyncDisposable {
  /** Whether `fit` can share its steps with other processes; absent: never asked. @throws {UserError} when it cannot. */
  requireGroup?(group: Group): void;
  /** Fits the training rows, the validation rows choosing; ends with the result's parameters in place. */
  fit(options: FitOptions): Promise<FitOutcome>;
  /** Predictions of rows of the data, rows x outputs. */
  predict(rows: Uint32Array): Promise<Float32Array<ArrayBuffer>>;
  /**
   * The fitted parameters, under PyTorch's keys where there is a PyTorch model; what `restore` takes. Before `fit` a network has
   * its initial ones, over which those of another run can be laid (see `startParameters`) and restored: `fit` starts from there.
   */
  state(): Promise<NamedTensors>;
  /** Puts fitted parameters back. @throws {CheckpointError} when one is missing, of another shape, or not finite. */
  restore(state: NamedTensors): void;
  /** Device memory in bytes; absent without a device. */
  memory?(): { resident: number; peak: number };
  /** One training step with every kernel timed; undefined without timestamps. The parameters are put back afterwards. */
  profile?(): Promise<readonly KernelTiming[] | undefined>;
  /** Further scores of its own, such as BADGER's pathway attention against known targets. */
  ownScores?(rows: Uint32Array): Promise<Readonly<Record<string, number>>>;
  /**
   * What predictions of these rows rest on, averaged over them.
   *
   * @param rows of one drug (for CSG2A also of one dose and time).
   * @param gene whose change alone is explained; only models on a knowledge graph can tell.
   * @throws {UserError} when they are of several, or the model as configured has nothing to show.
   */
  explain?(rows: Uint32Array, gene?: string): Promise<Explanation>;
}

/** A model: settings, presets, and how it is opened on data. Knows neither argv nor terminals nor files of a run. */
// deno-lint-ignore no-explicit-any
export interface Model<Settings = any, Inputs = any> {
  /** As typed: `csg2a`. */
  readonly name: string;
  /** As printed: `CSG2A`. */
  readonly title: string;
  /** One line for `--help`. */
  readonly summary: string;
  /** `baseline`: free, put beside every model of its layouts; `negative`: meant to be bad. */
  readonly role: "model" | "baseline" | "negative";
  /** Names of the layouts it takes; the first is that of its simulated data. */
  readonly layouts: readonly string[];
  /** Sizes and switches; every field has a description, from which flags and help come. */
  readonly settings: SettingsSchema<Settings>;
  /** Complete settings by name, the first the default, each with its training where the model is trained. */
  readonly presets: Readonly<Record<string, ModelPreset<Settings>>>;
  /** What a run whose parameters are taken over hands on: names of its settings and of its reading settings. */
  readonly inherits?: { readonly settings: readonly string[]; readonly reading: readonly string[] };
  /** Options of the simulator that fit these settings (the width of a table that the network starts with); absent: none. */
  simulatorOptions?(settings: Settings): Readonly<Record<string, unknown>>;
  /** Whether predicting looks at the training rows themselves (nearest neighbours, means), so that the data must be there. */
  readonly looksAtTraining: boolean;
  /** Whether these settings train by directions alone, so that the scale of predictions is chance (ranking losses); absent: never. */
  arbitraryScale?(settings: Settings): boolean;
  /** Puts the model on data. @throws {UserError} when the data lack what it needs. */
  open(options: OpenOptions<Settings, Inputs>): Promise<Predictor>;
}

/** A named starting point. */
export interface ModelPreset<Settings> {
  /** Complete. */
  readonly settings: Settings;
  /** Absent for models that are fitted in closed form. */
  readonly training?: TrainingSettings;
  /** Settings of the layout that differ from its defaults. */
  readonly reading?: Readonly<Record<string, unknown>>;
  /** Rule of the split, where the released model has its own; else `random`. */
  readonly split?: SplitRule;
  /** Where the released model has its own; else 42. */
  readonly seed?: number;
}
