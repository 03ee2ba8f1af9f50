import type { Matrix } from "../datasets/dataset.ts";
import { meanSquaredError, pearsonPooled } from "../datasets/metrics/metrics.ts";
import { shuffledBatches } from "../datasets/splits/shuffled_batches.ts";
import type { Split } from "../datasets/types.ts";
import { UserError } from "../datasets/user_error.ts";
import { isFinished, judgeEpoch } from "./early_stopping.ts";
import type { RunStore } from "./run_store.ts";
import { learningRateAt, type Schedule } from "./schedule.ts";
import { takeRows } from "./take_rows.ts";
import type { EpochLine } from "./train_record.ts";
import { initialTrainState, type TrainState } from "./train_state.ts";
import { type NamedTensors, NonFiniteError, type StepRecord, type TrainingTask } from "./training_task.ts";

/** Decides by a metric of the validation rows which epoch is the best, in place of their mean squared error. */
export interface Criterion {
  /** The metric that decides, higher is better; a key of what `metrics` gives. */
  readonly name: string;
  /** Metrics of a rows x outputs prediction; all are written to `metrics.jsonl`. */
  metrics(predicted: Float32Array, truth: Float32Array): Readonly<Record<string, number>>;
}

/** How to train. None of `readEvery`, `saveEvery`, `store` and the callbacks changes a result. */
export interface TrainLoopOptions {
  /** At most so many epochs. */
  readonly epochs: number;
  /** Epochs without improvement before stopping; null: all epochs are run and the last parameters are the result. */
  readonly patience: number | null;
  /** Whether an improvement sets the counter of such epochs back; default `consecutive`: it does. */
  readonly patienceKind?: "consecutive" | "cumulative";
  /** What decides which epoch is the best; default the mean squared error. */
  readonly criterion?: Criterion;
  /** Rows a step. */
  readonly batchSize: number;
  /** Of the order of batches. */
  readonly seed: number;
  /** Learning rate of each epoch. */
  readonly schedule: Schedule;
  /** Losses are read back every so many steps, default 16. */
  readonly readEvery?: number;
  /** The state is saved every so many steps besides every epoch, default 0: epochs only. */
  readonly saveEvery?: number;
  /** Where to save, and where to go on from when it holds a state. Without one nothing is written. */
  readonly store?: RunStore;
  /** Ctrl-C: the loop saves after the step under way and returns. */
  readonly signal?: AbortSignal;
  /** After losses were read: for a progress bar. */
  onProgress?(progress: TrainProgress): void;
  /** After each epoch's validation, before it is saved. */
  onEpoch?(epoch: EpochLine): void | Promise<void>;
}

/** How far training has come. */
export interface TrainProgress {
  /** Steps done. */
  readonly step: number;
  /** Epochs done. */
  readonly epoch: number;
  /** Batches done of the epoch under way. */
  readonly batch: number;
  /** Batches of an epoch. */
  readonly batches: number;
  /** Loss of the last step that was read. */
  readonly loss: number;
}

/** How training ended. */
export interface TrainOutcome {
  /** `stopped`: by the signal; the state was saved and training can go on. */
  readonly status: "finished" | "stopped";
  /** Where training stands now. */
  readonly state: TrainState;
  /** Parameters of the best epoch (the last one without early stopping); undefined before the first epoch's end. */
  readonly result: NamedTensors | undefined;
}

/**
 * Trains a task: shuffled batches keyed by (seed, epoch), a learning rate per epoch, validation after each epoch, early
 * stopping, the best parameters kept.
 *
 * Waits only to read losses, to validate and to save. What happens after any step depends only on the state saved
 * there, so a run that was killed and resumed ends in the same bytes as one that never stopped.
 *
 * @param target true values of all rows of the data set, rows x `task.outputs`
 * @throws {NonFiniteError} when a loss, gradient or parameter is no longer finite; what was saved before stays.
 * @throws {UserError} when the split cannot be trained on.
 */
export async function trainLoop(
  task: TrainingTask,
  split: Split,
  target: Float32Array | Matrix,
  options: TrainLoopOptions,
): Promise<TrainOutcome> {
  requireRows(split, options);
  const { store, signal, readEvery = 16, saveEvery = 0 } = options;
  const saved = await store?.load();
  let state: TrainState = saved
    ? { ...saved.state, finished: isFinished(saved.state, options) }
    : initialTrainState;
  let result: NamedTensors | undefined;
  if (saved) {
    if (saved.state.epoch > options.epochs) {
      throw new UserError(
        `${saved.state.epoch} epochs are done already, and \`epochs\` is ${options.epochs} now; training is not taken back, so ` +
          "give at least as many, or start a new run.",
      );
    }
    task.restore(saved.parameters, saved.optimizer);
    if (state.best) result = await store!.result();
  }

  /** Reads the losses of the steps since the last call into the state and the log. */
  const drain = async (batches: number) => {
    const records = await task.readLosses();
    for (const record of records) {
      store?.record({
        type: "step",
        step: record.step + 1,
        loss: record.loss,
        gradientNorm: record.gradientNorm,
      });
      state = { ...state, lossSum: state.lossSum + record.loss };
    }
    const last: StepRecord | undefined = records.at(-1);
    if (last) {
      const { step, epoch, batch } = state;
      options.onProgress?.({ step, epoch, batch, batches, loss: last.loss });
    }
    // A turn of the event loop, so that Ctrl-C is heard.
    await new Promise((resume) => setTimeout(resume, 0));
  };
  const save = async (parameters?: NamedTensors) => {
    if (!store) return;
    state = await store.save(state, parameters ?? await task.parameters(), await task.optimizerState());
  };

  while (!state.finished) {
    const batches = shuffledBatches(split.train, options.batchSize, options.seed, state.epoch);
    const learningRate = learningRateAt(options.schedule, state.epoch);
    while (state.batch < batches.length) {
      if (signal?.aborted) {
        await drain(batches.length);
        await save();
        return { status: "stopped", state, result };
      }
      const last = state.batch + 1 === batches.length;
      await task.step(batches[state.batch], { step: state.step, learningRate, last });
      state = { ...state, step: state.step + 1, batch: state.batch + 1 };
      const atSave = saveEvery > 0 && state.step % saveEvery === 0;
      if (atSave || state.step % readEvery === 0) await drain(batches.length);
      if (atSave && state.batch < batches.length) await save();
    }
    await drain(batches.length);

    const validation = await validate(task, split.validation, target, options.criterion);
    if (validation && !Number.isFinite(validation.loss)) {
      throw new NonFiniteError(
        `the validation loss after epoch ${state.epoch + 1} is ${validation.loss}.`,
        state.step - 1,
        "validation predictions",
      );
    }
    const trainLoss = state.lossSum / batches.length;
    state = { ...state, epoch: state.epoch + 1, batch: 0, lossSum: 0 };
    state = { ...state, ...judgeEpoch(state, validation ?? null, options) };
    const best = state.best?.step === state.step;
    const line: EpochLine = {
      type: "epoch",
      epoch: state.epoch,
      step: state.step,
      learningRate,
      trainLoss,
      validationLoss: validation?.loss ?? null,
      validationPearson: validation?.pearson ?? null,
      ...(validation?.metrics ? { validationMetrics: validation.metrics } : {}),
      best,
    };
    store?.record(line);
    await options.onEpoch?.(line);
    const parameters = best || store ? await task.parameters() : undefined;
    if (best) result = parameters;
    await save(parameters);
  }
  return { status: "finished", state, result };
}

async function validate(
  task: TrainingTask,
  rows: Uint32Array,
  target: Float32Array | Matrix,
  criterion?: Criterion,
) {
  if (rows.length === 0) return undefined;
  const predicted = await task.predict(rows);
  const truth = takeRows(target, task.outputs, rows);
  const metrics = criterion?.metrics(predicted, truth);
  return {
    loss: meanSquaredError(predicted, truth),
    pearson: pearsonPooled(predicted, truth),
    ...(criterion && metrics ? { metrics, criterion: metrics[criterion.name] } : {}),
  };
}

function requireRows(split: Split, options: TrainLoopOptions): void {
  if (split.train.length < 2) {
    throw new UserError(
      `The split "${split.name}" leaves ${split.train.length} training rows, and BatchNorm needs at least 2; ` +
        "give more data or choose another split.",
    );
  }
  if (options.patience !== null && split.validation.length === 0) {
    throw new UserError(
      `The split "${split.name}" has no validation rows, so early stopping cannot work; ` +
        "set a fixed number of epochs (--patience 0) or choose another split.",
    );
  }
}
