import { csvLine } from "../datasets/csv_line.ts";
import { learningRateAt, type Schedule } from "../engine/schedule.ts";
import { writeFileAtomic } from "../engine/write_file_atomic.ts";
import type { RunConfig, TrainingConfig } from "../models/run_config.ts";
import { RunStore } from "../models/run_store.ts";
import { trainLoop, type TrainOutcome } from "../models/train_loop.ts";
import type { OpenBackend, ProfiledTask } from "./backend.ts";
import { environmentOf } from "./environment.ts";
import { type PreparedRun, prepareRun, targetOf } from "./prepare_run.ts";
import { trainingDisplay } from "./progress.ts";
import type { KernelTime, ReportData } from "./report/report_data.ts";
import type { RunFolder } from "./run_folder.ts";
import { finishRun } from "./finish_run.ts";
import { startParameters } from "./start_parameters.ts";
import { StoppedError } from "./stopped_error.ts";
import type { Terminal } from "./terminal.ts";
import { Timings } from "./timings.ts";

/** What a training command hands over. */
export interface RunRequest {
  readonly folder: RunFolder;
  readonly openBackend: OpenBackend;
  readonly terminal: Terminal;
  /** Ctrl-C. */
  readonly signal: AbortSignal;
  /** The command line that started the run, for the report. */
  readonly command: string;
  /** Times the kernels of one step at the end and writes `trace.json`. */
  readonly profile: boolean;
}

/**
 * Trains a run from where its folder stands to its report: the same for a new run and a resumed one.
 *
 * @throws {StoppedError} when the signal stopped training; its state is saved.
 */
export async function runTraining(request: RunRequest): Promise<ReportData> {
  const { folder, terminal } = request;
  const { path, config } = folder;
  const prepared = await prepareRun(config);
  await writeInputs(path, prepared);
  using backend = await request.openBackend();
  for (const line of introduction(prepared, config)) terminal.note(line);
  const task = await backend.createTask(prepared, config);
  try {
    const notes = [...prepared.notes];
    if (config.from !== null) {
      const { parameters, taken, file } = await startParameters(config.from, await task.parameters());
      task.restore(parameters);
      notes.push(`${taken} tensors were taken over from ${file}.`);
    }
    const store = new RunStore(path);
    const timings = new Timings(`${path}/timings.jsonl`);
    const trained = await train(task, prepared, store, timings, request);
    if (trained.status === "stopped") {
      throw new StoppedError(path, trained.state.step, trained.state.epoch + 1);
    }
    const kernels = request.profile ? await profile(task, prepared, config, path, terminal) : [];
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
  } finally {
    task.dispose();
  }
}

/** The engine's schedule of a configuration. */
export function scheduleOf({ schedule, learningRate }: TrainingConfig): Schedule {
  return schedule.kind === "constant" ? { kind: "constant", learningRate } : { ...schedule, learningRate };
}

async function train(
  task: ProfiledTask,
  { data, split }: PreparedRun,
  store: RunStore,
  timings: Timings,
  { folder, terminal, signal }: RunRequest,
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

/** Genes, PPI edges and skipped rows: what `predict` needs and what a reader may ask for. */
async function writeInputs(path: string, { data, ppi, skippedRows, badSmiles }: PreparedRun): Promise<void> {
  await writeFileAtomic(`${path}/genes.txt`, data.genes.join("\n") + "\n");
  const edges: string[] = [csvLine(["source", "target"])];
  for (let row = 0; row < ppi.genes.length; row++) {
    for (const column of ppi.indices.subarray(ppi.indptr[row], ppi.indptr[row + 1])) {
      if (column > row) edges.push(csvLine([ppi.genes[row], ppi.genes[column]]));
    }
  }
  await writeFileAtomic(`${path}/ppi_edges.csv`, edges);
  if (skippedRows.length + badSmiles.length > 0) {
    await writeFileAtomic(
      `${path}/skipped.json`,
      JSON.stringify({ smiles: badSmiles, rows: skippedRows }, null, 2) + "\n",
    );
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
  task: ProfiledTask,
  { split }: PreparedRun,
  { training }: RunConfig,
  path: string,
  terminal: Terminal,
): Promise<readonly KernelTime[]> {
  const rows = split.train.slice(0, training.batchSize);
  const learningRate = learningRateAt(scheduleOf(training), 0);
  const profiled = await task.profileKernels?.(rows, learningRate);
  if (!profiled) {
    terminal.note("This adapter offers no timestamp queries, so kernels were not timed.");
    return [];
  }
  await writeFileAtomic(`${path}/trace.json`, profiled.trace);
  return profiled.kernels;
}
