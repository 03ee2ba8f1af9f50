import { CheckpointError } from "../host/checkpoint/checkpoint_error.ts";
import { formatFault } from "../host/checkpoint/known_format.ts";
import { openSafetensors, type SafetensorsFile } from "../host/checkpoint/open_safetensors.ts";
import { saveSafetensors } from "../host/checkpoint/save_safetensors.ts";
import type { StoredTensor } from "../host/checkpoint/stored_tensor.ts";
import { removePartials, writeFileAtomic } from "../host/write_file_atomic.ts";
import { MetricsLog } from "./metrics_log.ts";
import type { MetricsLine } from "./train_record.ts";
import { type TrainState, trainStateSchema } from "./train_state.ts";
import type { HostTensor, NamedTensors } from "./training_task.ts";
import { system } from "../host/system.ts";
import { jsonOfText } from "../host/json_text.ts";

/** Marks of the files; those of the first version carry no SHA-256. */
const stateFormats = ["perturbine state 1", "perturbine state 2"];
/** As {@link stateFormats}, of a result. */
export const checkpointFormats: readonly string[] = ["perturbine checkpoint 1", "perturbine checkpoint 2"];

/** Everything needed to go on with a stopped run. */
export interface SavedRun {
  /** Where training stood. */
  readonly state: TrainState;
  /** The parameters then, under state_dict keys. */
  readonly parameters: NamedTensors;
  /** The optimiser then. */
  readonly optimizer: NamedTensors;
}

/**
 * The files of a run that training writes, such that a SIGKILL at any moment leaves a run that can be resumed.
 *
 * - `optimizer.safetensors`: last parameters (`parameters.KEY`), optimiser (`optimizer.KEY`) and, as metadata, the
 *   {@link TrainState}. One file, replaced by one rename: the three always belong together.
 * - `checkpoint.safetensors`: the run's result so far, under state_dict keys. Written after the former. A kill
 *   between the two is mended by {@link RunStore.load}, because then the result is the last parameters.
 * - `metrics.jsonl`: the state records its length; lines beyond it are cut on loading.
 * - `state.json`: the state again, for people; never read.
 */
export class RunStore {
  readonly #metrics: MetricsLog;

  /** Opens nothing yet. */
  constructor(
    /** The run folder; it exists, and this process holds its lock. */
    readonly folder: string,
  ) {
    this.#metrics = new MetricsLog(`${folder}/metrics.jsonl`);
  }

  /** Whether a state was ever saved here. */
  async hasState(): Promise<boolean> {
    return await exists(`${this.folder}/optimizer.safetensors`);
  }

  /** Adds a line to `metrics.jsonl`; on disk with the next {@link save} or {@link flush}. */
  record(line: MetricsLine): void {
    this.#metrics.add(line);
  }

  /** Puts recorded lines on disk. */
  async flush(): Promise<number> {
    return await this.#metrics.flush();
  }

  /** Saves a state and, when it is the best so far, the run's result. Returns the state as it was written. */
  async save(
    state: Omit<TrainState, "metricsBytes">,
    parameters: NamedTensors,
    optimizer: NamedTensors,
  ): Promise<TrainState> {
    const complete: TrainState = { ...state, metricsBytes: await this.#metrics.flush() };
    const tensors = new Map<string, StoredTensor>();
    for (const [key, tensor] of parameters) tensors.set(`parameters.${key}`, stored(tensor));
    for (const [key, tensor] of optimizer) tensors.set(`optimizer.${key}`, stored(tensor));
    await saveSafetensors(`${this.folder}/optimizer.safetensors`, tensors, {
      format: stateFormats.at(-1)!,
      state: JSON.stringify(complete),
    });
    if (complete.best?.step === complete.step) await this.#saveResult(complete, parameters);
    await writeFileAtomic(`${this.folder}/state.json`, stateText(complete));
    return complete;
  }

  /**
   * The last saved state, or undefined where training never saved one. Cuts `metrics.jsonl` back to it and removes
   * what a killed writer left behind.
   *
   * @throws {CheckpointError} when a file is damaged, or the two checkpoint files are of different runs.
   */
  async load(): Promise<SavedRun | undefined> {
    await removePartials(this.folder);
    if (!await this.hasState()) {
      await this.#metrics.cut(0);
      return undefined;
    }
    const { saved, bestStep } = await this.#readState();
    const { state } = saved;
    if (state.best) {
      const resultStep = await this.#resultStep();
      if (state.best.step === state.step && resultStep !== state.step) {
        await this.#saveResult(state, saved.parameters);
      } else if (resultStep !== bestStep) {
        throw new CheckpointError(
          `${this.folder}/checkpoint.safetensors is of step ${
            resultStep ?? "none"
          }, but optimizer.safetensors says ` +
            `that the best step is ${bestStep}; the files belong to different runs, so start anew with --force.`,
        );
      }
    }
    await this.#metrics.cut(state.metricsBytes);
    // Stale when the writer died between the two, for good where no step is left to do.
    const told = await system.readTextFile(`${this.folder}/state.json`).catch(() => "");
    if (told !== stateText(state)) await writeFileAtomic(`${this.folder}/state.json`, stateText(state));
    return saved;
  }

  /** The run's result, under state_dict keys. @throws {CheckpointError} when there is none yet. */
  async result(): Promise<NamedTensors> {
    using file = await openSafetensors(`${this.folder}/checkpoint.safetensors`);
    requireOwn(file, checkpointFormats);
    const tensors: NamedTensors = new Map();
    for (const { name } of file.entries) tensors.set(name, hosted(await file.read(name), name, file.path));
    return tensors;
  }

  async #saveResult(state: TrainState, parameters: NamedTensors): Promise<void> {
    const tensors = new Map([...parameters].map(([key, tensor]) => [key, stored(tensor)]));
    await saveSafetensors(`${this.folder}/checkpoint.safetensors`, tensors, {
      format: checkpointFormats.at(-1)!,
      epoch: String(state.best?.epoch),
      step: String(state.best?.step),
    });
  }

  async #resultStep(): Promise<number | undefined> {
    const path = `${this.folder}/checkpoint.safetensors`;
    if (!await exists(path)) return undefined;
    using file = await openSafetensors(path);
    requireOwn(file, checkpointFormats);
    const step = file.metadata.get("step");
    return step === undefined ? undefined : Number(step);
  }

  async #readState(): Promise<{ saved: SavedRun; bestStep: number | undefined }> {
    using file = await openSafetensors(`${this.folder}/optimizer.safetensors`);
    requireOwn(file, stateFormats);
    const state = parseState(file.metadata.get("state"), file.path);
    const parameters: NamedTensors = new Map();
    const optimizer: NamedTensors = new Map();
    for (const { name } of file.entries) {
      const tensor = hosted(await file.read(name), name, file.path);
      if (name.startsWith("parameters.")) parameters.set(name.slice("parameters.".length), tensor);
      else if (name.startsWith("optimizer.")) optimizer.set(name.slice("optimizer.".length), tensor);
    }
    return { saved: { state, parameters, optimizer }, bestStep: state.best?.step };
  }
}

/** A run is gone on with, and judged, only from what it wrote itself. */
function requireOwn({ path, metadata, verified }: SafetensorsFile, formats: readonly string[]): void {
  const format = metadata.get("format");
  const fault = formatFault(format, formats) ??
    (format === formats[0] || verified ? undefined : "carries no SHA-256: another program wrote it");
  if (fault === undefined) return;
  throw new CheckpointError(
    `${path}: ${fault}. Restore the file, or bring weights of another program in with \`perturbine convert FILE RUN\`.`,
  );
}

function stateText(state: TrainState): string {
  return JSON.stringify(state, null, 2) + "\n";
}

function parseState(text: string | undefined, path: string): TrainState {
  try {
    return trainStateSchema.parse(jsonOfText(text ?? "null"));
  } catch (error) {
    throw new CheckpointError(
      `${path}: its metadata hold no sound training state; restore the file, or start the run anew with --force.`,
      { cause: error },
    );
  }
}

function stored(tensor: HostTensor): StoredTensor {
  // Same fields; the writer checks that array and dtype agree.
  return tensor as StoredTensor;
}

function hosted(tensor: StoredTensor, name: string, path: string): HostTensor {
  if (tensor.dtype === "F32" || tensor.dtype === "I32" || tensor.dtype === "I64") return tensor;
  throw new CheckpointError(
    `${path}, tensor ${name}: element type ${tensor.dtype}, expected F32, I32 or I64; convert the file first.`,
  );
}

async function exists(path: string): Promise<boolean> {
  try {
    await system.stat(path);
    return true;
  } catch (error) {
    if (error instanceof system.errors.NotFound) return false;
    throw error;
  }
}
