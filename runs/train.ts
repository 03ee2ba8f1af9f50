import { GpuError } from "../engine/errors.ts";
import { chromeTrace, summariseTimings } from "../engine/mod.ts";
import { saveSafetensors } from "../host/checkpoint/save_safetensors.ts";
import type { StoredTensor } from "../host/checkpoint/stored_tensor.ts";
import { writeFileAtomic } from "../host/write_file_atomic.ts";
import { writeSplitFile } from "../datasets/splits/split_file.ts";
import type { FitOutcome, Group, Predictor } from "../models/model.ts";
import { checkpointFormats, RunStore } from "../models/run_store.ts";
import type { TrainProgress } from "../models/train_loop.ts";
import type { EpochLine } from "../models/train_record.ts";
import { NonFiniteError } from "../models/training_task.ts";
import type { KernelTime, RunReport } from "../report/run_report.ts";
import { agree, keepRanks, requireSameRanks } from "./agree.ts";
import { noteAdapter } from "./adapters_of_run.ts";
import { hasDataRecord, requireSameConfig, requireSameData, writeDataRecord } from "./data_record.ts";
import { Device } from "./device.ts";
import { finishRun } from "./finish.ts";
import { openPredictor } from "./predictors.ts";
import { type PreparedRun, prepareRun } from "./prepare.ts";
import type { RunConfig } from "./run_config.ts";
import { checkRunFolder, createRunFolder, freeRunPath, openRunFolder } from "./run_folder.ts";
import { runName } from "./configure.ts";
import { genesToFollow } from "./run_genes.ts";
import { takeParameters } from "./take_parameters.ts";
import { FailedTrainingError, StoppedError } from "./errors.ts";
import { Timings } from "./timings.ts";
import { keepTuning, tuningOfRun, userTuning } from "./tuning.ts";
import { system } from "../host/system.ts";

/** What a caller sees of a training as it goes. */
export interface RunWatch {
  /** A remark for people. */
  note?(line: string): void;
  /** Before the first step. */
  begin?(run: PreparedRun): void;
  /** After losses were read. */
  progress?(progress: TrainProgress): void;
  /** After an epoch. */
  epoch?(line: EpochLine): void;
  /** Training is over, or has stopped. */
  end?(): void;
}

/** How a run is trained. None of it changes a result. */
export interface TrainOptions {
  /** Run folder; absent: a new one in `runs/`. */
  readonly out?: string;
  /** Replace the run that the folder holds. */
  readonly force?: boolean;
  /** Ctrl-C: the run saves and a {@link StoppedError} is thrown. */
  readonly signal?: AbortSignal;
  /** What is shown as it goes. */
  readonly watch?: RunWatch;
  /** Other processes that train the same network: this one is their first, and alone writes; the others {@link follow}. */
  readonly group?: Group;
  /** Write `trace.json`, every dispatch of one step. */
  readonly trace?: boolean;
  /** The command line, for the report. */
  readonly command?: string;
}

/** A finished run. */
export interface FinishedRun {
  /** Its folder. */
  readonly path: string;
  /** What its page shows. */
  readonly report: RunReport;
}

/**
 * Starts a new run and trains it to its report. What the folder held is replaced only when all is ready.
 *
 * @throws {StoppedError} when the signal stopped training; its state is saved.
 * @throws {UserError} for any fault of data or configuration.
 * @example
 * ```ts
 * const { report } = await train(await configure({ model: "csg2a", data: "data/skbr3" }));
 * console.log(report.verdict.sentence);
 * ```
 */
export async function train(config: RunConfig, options: TrainOptions = {}): Promise<FinishedRun> {
  const path = options.out ?? await freeRunPath(runName(config));
  await checkRunFolder(path, options);
  const prepared = await prepareRun(config, await genesToFollow(undefined, config.from));
  using device = new Device(userTuning);
  await using predictor = await openPredictor(prepared, prepared.shown, device);
  if (config.from !== null) await takeParameters(predictor, config.from);
  if (options.group) await agree(options.group, prepared, predictor);
  const command = options.command ?? "";
  const begin = async () => {
    await writeFileAtomic(`${path}/command.txt`, command + "\n");
    await keepTuning(path, device.tuning);
    if (options.group) await keepRanks(path, options.group);
    await writeInputs(path, prepared);
  };
  using _folder = await createRunFolder(path, config, begin, options);
  return await fitAndFinish(path, prepared, predictor, device, command, options);
}

/**
 * Goes on with a stopped run to its report; ends in the same bytes as a run that was never stopped.
 *
 * @throws {StoppedError} when the signal stopped it again.
 * @throws {UserError} when its data or its configuration (but for the number of epochs) have changed, or the folder is in use.
 * @example
 * ```ts
 * const { report } = await resume("runs/csg2a");
 * ```
 */
export async function resume(
  path: string,
  options: Omit<TrainOptions, "out" | "force"> = {},
): Promise<FinishedRun> {
  using folder = await openRunFolder(path);
  const { config } = folder;
  await requireSameConfig(path, config);
  await requireSameRanks(path, options.group);
  const prepared = await prepareRun(config, await genesToFollow(path, config.from));
  await requireSameData(path, prepared);
  if (!await hasDataRecord(path)) await writeInputs(path, prepared);
  using device = new Device(() => tuningOfRun(path));
  await using predictor = await openPredictor(prepared, prepared.shown, device);
  // A saved state holds all parameters: where they came from is needed no more.
  if (config.from !== null && !await new RunStore(path).hasState()) {
    await takeParameters(predictor, config.from);
  }
  if (options.group) await agree(options.group, prepared, predictor);
  const kept = await system.readTextFile(`${path}/command.txt`).catch(() => undefined);
  return await fitAndFinish(
    path,
    prepared,
    predictor,
    device,
    kept?.trim() ?? options.command ?? "",
    options,
  );
}

/**
 * Takes part in a training that another process leads with {@link train} or {@link resume}: the same steps, nothing written.
 *
 * @param run folder of a run that is resumed; absent: it starts anew.
 * @throws {StoppedError} when any process was asked to stop; the leading one has saved.
 * @throws {UserError} when the processes do not train the same.
 */
export async function follow(
  config: RunConfig,
  group: Group,
  { run, signal }: { readonly run?: string; readonly signal?: AbortSignal },
): Promise<void> {
  const prepared = await prepareRun(config, await genesToFollow(run, config.from));
  using device = new Device(run === undefined ? userTuning : () => tuningOfRun(run));
  await using predictor = await openPredictor(prepared, prepared.shown, device);
  const fresh = run === undefined || !await new RunStore(run).hasState();
  if (config.from !== null && fresh) await takeParameters(predictor, config.from);
  await agree(group, prepared, predictor);
  const outcome = await predictor.fit({ group, signal });
  if (outcome.status === "stopped") throw new StoppedError(run ?? "RUN", outcome.step, outcome.epoch + 1);
}

async function fitAndFinish(
  path: string,
  prepared: PreparedRun,
  predictor: Predictor,
  device: Device,
  command: string,
  options: TrainOptions,
): Promise<FinishedRun> {
  const { watch = {} } = options;
  if (device.adapter !== undefined) {
    const changed = await noteAdapter(path, device.adapter);
    if (changed) watch.note?.(changed);
  }
  if (device.tuned !== undefined) watch.note?.(device.tuned);
  const store = new RunStore(path), timings = new Timings(`${path}/timings.jsonl`);
  watch.begin?.(prepared);
  timings.begin();
  const outcome = await predictor.fit({
    store,
    signal: options.signal,
    group: options.group,
    onProgress: (progress) => watch.progress?.(progress),
    async onEpoch(line) {
      watch.epoch?.(line);
      await timings.epoch(line.epoch, predictor.memory?.());
    },
  }).catch(async (error) => {
    const known = error instanceof NonFiniteError || error instanceof GpuError;
    throw known ? new FailedTrainingError(path, error, await store.hasState()) : error;
  }).finally(() => watch.end?.());
  if (outcome.status === "stopped") throw new StoppedError(path, outcome.step, outcome.epoch + 1);
  if (outcome.bestEpoch === null) await saveFitted(path, predictor);
  const kernels = await profile(path, predictor, outcome, options, device);
  const report = await finishRun({
    path,
    prepared,
    predictor,
    device,
    store,
    outcome,
    kernels,
    command,
    trainingSeconds: await timings.total(),
    memory: await timings.most(predictor.memory?.()),
    note: watch.note,
  });
  return { path, report };
}

/** What a run's commands need when they are called later, and what a reader may ask for. */
async function writeInputs(path: string, prepared: PreparedRun): Promise<void> {
  const { data, split, layout, config } = prepared;
  await layout.keep(path, data);
  await writeDataRecord(path, prepared);
  await writeSplitFile(`${path}/split.json`, data, split, config.split);
  if (data.skipped.length > 0) {
    await writeFileAtomic(`${path}/skipped.json`, JSON.stringify({ rows: data.skipped }, null, 2) + "\n");
  }
}

/** A model without a training loop has no store of its own. */
async function saveFitted(path: string, predictor: Predictor): Promise<void> {
  const tensors = await predictor.state() as ReadonlyMap<string, StoredTensor>;
  await saveSafetensors(`${path}/checkpoint.safetensors`, new Map(tensors), {
    format: checkpointFormats.at(-1)!,
  });
}

/** Times one step of a network. The step changes the parameters, which are put back. */
async function profile(
  path: string,
  predictor: Predictor,
  outcome: FitOutcome,
  { trace, watch }: TrainOptions,
  device: Device,
): Promise<readonly KernelTime[]> {
  if (outcome.bestEpoch === null || !predictor.profile) return [];
  const result = await predictor.state();
  const timings = await predictor.profile();
  predictor.restore(result);
  if (!timings) {
    if (trace) watch?.note?.(`${device.adapter} offers no timestamp queries, so there is no trace.json.`);
    return [];
  }
  if (trace) await writeFileAtomic(`${path}/trace.json`, chromeTrace([...timings], "perturbine"));
  return summariseTimings([...timings]);
}
