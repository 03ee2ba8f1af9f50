import type { Dataset } from "../datasets/dataset.ts";
import type { Split } from "../datasets/types.ts";
import { UserError } from "../datasets/user_error.ts";
import type { KernelTiming } from "../engine/mod.ts";
import type { DeviceTask, DeviceTraining } from "./device_task.ts";
import { whoShares } from "./distributed/local_steps.ts";
import { SharedStore } from "./distributed/shared_store.ts";
import { StepSharing } from "./distributed/step_sharing.ts";
import type { Explanation } from "./explanation.ts";
import type { FitOptions, FitOutcome, Group, OpenOptions, Predictor } from "./model.ts";
import { learningRateAt, type Schedule } from "./schedule.ts";
import { type Criterion, trainLoop } from "./train_loop.ts";
import type { TrainingSettings } from "./training_settings.ts";
import type { NamedTensors } from "./training_task.ts";

/** What a network adds to its task. */
export interface NetworkParts {
  /** What decides which epoch is the best; default the mean squared error of the validation rows. */
  readonly criterion?: Criterion;
  /** Predictions of the result, where they are not the task's own; called anew after each change of the parameters. */
  predictor?(): Promise<(rows: Uint32Array) => Promise<Float32Array<ArrayBuffer>>>;
  /** See {@link Predictor.ownScores}. */
  ownScores?(rows: Uint32Array): Promise<Readonly<Record<string, number>>>;
  /** See {@link Predictor.explain}. */
  explain?(rows: Uint32Array, gene?: string): Promise<Explanation>;
}

/**
 * A network as a predictor: `trainLoop` over its task, the parameters of the best epoch in place at the end.
 *
 * @example
 * ```ts ignore
 * return networkPredictor(new MyTask(await options.engine(), ...), options);
 * ```
 */
export function networkPredictor(
  task: DeviceTask<unknown>,
  options: Pick<OpenOptions<unknown, unknown>, "data" | "split" | "training" | "seed">,
  parts: NetworkParts = {},
): Predictor {
  return new NetworkPredictor(task, options.data, options.split, trainingOf(options), options.seed, parts);
}

/** The training settings that a network is opened with. @throws {UserError} when there are none. */
function trainingOf(
  { training, data }: Pick<OpenOptions<unknown, unknown>, "training" | "data">,
): TrainingSettings {
  if (training) return training;
  throw new UserError(
    `${data.source}: a network was opened without training settings; take those of a preset.`,
  );
}

/**
 * What of the settings a task must know.
 *
 * @throws {UserError} when there are none.
 * @example
 * ```ts ignore
 * new MyTask(await options.engine(), deviceTraining(options));
 * ```
 */
export function deviceTraining(
  options: Pick<OpenOptions<unknown, unknown>, "training" | "data" | "seed">,
): DeviceTraining {
  const { weightDecay, clipNorm, batchSize } = trainingOf(options);
  return { seed: options.seed, weightDecay, clipNorm, batchSize };
}

/** The engine's schedule of training settings. */
export function scheduleOf(
  { schedule, learningRate }: Pick<TrainingSettings, "schedule" | "learningRate">,
): Schedule {
  return schedule.kind === "constant" ? { kind: "constant", learningRate } : { ...schedule, learningRate };
}

/** @throws {UserError} when a network mixes the samples of a batch in a way that processes cannot share. */
function requireShareable(task: DeviceTask<unknown>): void {
  const reason = task.whyNotShared;
  if (reason === undefined) return;
  throw new UserError(`${task.name} cannot take its steps over ranks: ${reason}; ${whoShares}.`);
}

/** A state can be saved only where all processes have the same parameters: rounded up to where they do. */
function multipleOf(every: number, steps: number): number {
  return Math.ceil(steps / every) * every;
}

class NetworkPredictor implements Predictor {
  readonly ownScores?: Predictor["ownScores"];
  readonly explain?: Predictor["explain"];
  #predict: ((rows: Uint32Array) => Promise<Float32Array<ArrayBuffer>>) | undefined;

  constructor(
    readonly task: DeviceTask<unknown>,
    readonly data: Dataset,
    readonly split: Split,
    readonly training: TrainingSettings,
    readonly seed: number,
    readonly parts: NetworkParts,
  ) {
    this.ownScores = parts.ownScores;
    this.explain = parts.explain;
  }

  requireGroup({ local }: Group): void {
    if (!local) requireShareable(this.task);
  }

  async fit({ store, signal, group, onProgress, onEpoch }: FitOptions): Promise<FitOutcome> {
    const { task, data, split, training, seed } = this;
    if (!data.truth) {
      throw new UserError(
        `${data.source}: no true values, so nothing can be trained on it; give data that were measured.`,
      );
    }
    if (group) this.requireGroup(group);
    const sharing = group &&
      new StepSharing(task.engine, group.communicator, task.parametersOnDevice, { ...group, signal });
    task.sharing = sharing;
    const { status, state, result } = await trainLoop(task, split, data.truth, {
      ...training,
      saveEvery: multipleOf(group?.local?.every ?? 1, training.saveEvery),
      seed,
      schedule: scheduleOf(training),
      criterion: this.parts.criterion,
      store: group
        ? new SharedStore(store?.folder, group.communicator, task, group.local !== undefined)
        : store,
      signal: sharing ? sharing.stop.signal : signal,
      onProgress,
      onEpoch,
    }).finally(() => task.sharing = undefined);
    if (sharing) group.onCost?.(sharing.cost);
    if (status === "finished") this.restore(result!);
    return {
      status,
      step: state.step,
      epoch: state.epoch,
      bestEpoch: state.best?.epoch ?? null,
    };
  }

  async predict(rows: Uint32Array): Promise<Float32Array<ArrayBuffer>> {
    if (!this.parts.predictor) return await this.task.predict(rows);
    this.#predict ??= await this.parts.predictor();
    return await this.#predict(rows);
  }

  state(): Promise<NamedTensors> {
    return this.task.parameters();
  }

  restore(state: NamedTensors): void {
    this.task.restore(state);
    this.#predict = undefined;
  }

  memory(): { resident: number; peak: number } {
    return this.task.memory();
  }

  async profile(): Promise<readonly KernelTiming[] | undefined> {
    const { task, split, training } = this;
    if (!task.engine.device.hasTimestamps) return undefined;
    const [parameters, optimizer] = [await task.parameters(), await task.optimizerState()];
    const rows = split.train.slice(0, training.batchSize);
    const timings = await task.profile(rows, 0, learningRateAt(scheduleOf(training), 0));
    task.restore(parameters, optimizer);
    this.#predict = undefined;
    return timings;
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.task.dispose();
    return Promise.resolve();
  }
}
