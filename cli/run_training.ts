import { learningRateAt, type Schedule } from "../engine/schedule.ts";
import { writeFileAtomic } from "../host/write_file_atomic.ts";
import type { RunConfig, TrainingConfig } from "../models/run_config.ts";
import { RunStore } from "../models/run_store.ts";
import { trainLoop, type TrainOutcome } from "../models/train_loop.ts";
import type { Backend, ProfiledTask } from "./backend.ts";
import { environmentOf } from "./environment.ts";
import { type PreparedRun, targetOf } from "./prepare_run.ts";
import { trainingDisplay } from "./progress.ts";
import type { KernelTime, ReportData } from "./report/report_data.ts";
import type { RunFolder } from "./run_folder.ts";
import { finishRun } from "./finish_run.ts";
import { StoppedError } from "../runs/stopped_error.ts";
import type { Terminal } from "./terminal.ts";
import { Timings } from "../runs/timings.ts";

/** What a training command hands over. */
export interface RunRequest {
  readonly folder: RunFolder;
  readonly prepared: PreparedRun;
  readonly backend: Backend;
  /** The model on the device, with the parameters that training starts from. */
  readonly task: ProfiledTask;
  readonly terminal: Terminal;
  /** Ctrl-C. */
  readonly signal: AbortSignal;
  /** The command line that started the run, for the report. */
  readonly command: string;
  /** Writes `trace.json`, every dispatch of one step. The kernel table of the report is made in any case. */
  readonly trace: boolean;
}

/**
 * Trains a run from where its folder stands to its report: the same for a new run and a resumed one.
 *
 * @throws {StoppedError} when the signal stopped training; its state is saved.
 */
export async function runTraining(request: RunRequest): Promise<ReportData> {
  const { prepared, backend, task, terminal } = request;
  const { path, config } = request.folder;
  for (const line of introduction(prepared, config)) terminal.note(line);
  const notes = [...prepared.notes];
  if (config.from !== null) notes.push(`Parameters were taken over from ${config.from}.`);
  const store = new RunStore(path);
  const timings = new Timings(`${path}/timings.jsonl`);
  const trained = await train(store, timings, request);
  if (trained.status === "stopped") {
    throw new StoppedError(path, trained.state.step, trained.state.epoch + 1);
  }
  const kernels = await profile(request);
  return await finishRun({
    path,
    config,
    prepared,
    task,
    store,
    trained,
    kernels,
    notes,
    environment: environmentOf(backend, request.command),
    trainingSeconds: await timings.total(),
  });
}

/** The engine's schedule of a configuration. */
export function scheduleOf({ schedule, learningRate }: TrainingConfig): Schedule {
  return schedule.kind === "constant" ? { kind: "constant", learningRate } : { ...schedule, learningRate };
}

async function train(
  store: RunStore,
  timings: Timings,
  { folder, task, prepared: { data, split }, terminal, signal }: RunRequest,
): Promise<TrainOutcome> {
  const { training } = folder.config;
  const display = trainingDisplay(terminal, training);
  timings.begin();
  try {
    return await trainLoop(task, split, targetOf(data), {
      ...training,
      schedule: scheduleOf(training),
      store,
      signal,
      onProgress: (progress) => display.step(progress),
      async onEpoch(line) {
        display.epoch(line);
        await timings.epoch(line.epoch);
      },
    });
  } finally {
    display.stop();
  }
}

function introduction({ data, split }: PreparedRun, config: RunConfig): string[] {
  const { mat, variant } = config.model;
  const [train, validation, test] = [split.train, split.validation, split.test].map((rows) =>
    rows.length.toLocaleString("en-GB")
  );
  return [
    `Data: ${train} rows to train on, ${validation} for validation, ${test} for the test; ` +
    `${data.samples.drugs.length} drugs, ${data.genes.length} genes`,
    `Model: CSG2A ${variant}, preset ${config.preset}, MAT ${mat.layers} x ${mat.width}`,
  ];
}

/** Times one step. Done before the result is put back, since the step changes the parameters. */
async function profile(
  { folder: { path, config: { training } }, task, prepared: { split }, trace, terminal }: RunRequest,
): Promise<readonly KernelTime[]> {
  const rows = split.train.slice(0, training.batchSize);
  const profiled = await task.profileKernels?.(rows, learningRateAt(scheduleOf(training), 0));
  if (!profiled) {
    if (trace) terminal.note("This adapter offers no timestamp queries, so there is no trace.json.");
    return [];
  }
  if (trace) await writeFileAtomic(`${path}/trace.json`, profiled.trace);
  return profiled.kernels;
}
