import { epochLines } from "../finish_run.ts";
import { summariseTimings } from "../../engine/mod.ts";
import { writeFileAtomic } from "../../host/write_file_atomic.ts";
import type { RankingRunConfig } from "../../models/ranking_run_config.ts";
import { createRankingTask, type RankingTask } from "../../models/ranking_task.ts";
import { releasedCriterion } from "../../models/ranking/criterion.ts";
import { RunStore } from "../../models/run_store.ts";
import { trainLoop } from "../../models/train_loop.ts";
import { noteAdapter } from "../../runs/adapters_of_run.ts";
import { commandText, environmentOf } from "../environment.ts";
import { listenForInterrupt } from "../interrupt.ts";
import { trainingDisplay } from "../progress.ts";
import type { KernelTime } from "../report/report_data.ts";
import { checkRunFolder, createRunFolder, openRankingFolder, type RunFolder } from "../run_folder.ts";
import { StoppedError } from "../../runs/stopped_error.ts";
import { processTerminal } from "../terminal.ts";
import { Timings } from "../../runs/timings.ts";
import { keepTuning, tuningOfRun, userTuning } from "../../runs/tuning.ts";
import { testRanking, writeRankingResults } from "./finish_ranking.ts";
import { type OpenEngine, openEngine } from "./open_engine.ts";
import { familyNames } from "./predict_ranking.ts";
import { type PreparedRanking, prepareRankingRun } from "./prepare_ranking_run.ts";
import type { RankingReport } from "./ranking_report_data.ts";

/** How a training command prints. */
export interface RankingRunFlags {
  readonly quiet?: boolean;
  readonly force?: boolean;
}

/** Starts a new run and trains it to its report. What the folder held is replaced only when all is ready. */
export async function startRanking(
  config: RankingRunConfig,
  path: string,
  flags: RankingRunFlags,
  args: readonly string[],
): Promise<RankingReport> {
  await checkRunFolder(path, flags);
  const prepared = await prepareRankingRun(config);
  const tuning = await userTuning();
  using device = await openEngine(tuning);
  const task = await createTask(device, prepared, config);
  try {
    using folder = await createRunFolder(path, config, flags);
    const command = commandText(args);
    await writeFileAtomic(`${path}/command.txt`, command + "\n");
    await keepTuning(path, tuning);
    await noteAdapter(path, device.adapter);
    await writeFileAtomic(`${path}/genes.txt`, prepared.data.genes.join("\n") + "\n");
    if (prepared.data.skipped.length > 0) {
      await writeFileAtomic(
        `${path}/skipped.json`,
        JSON.stringify({ rows: prepared.data.skipped }, null, 2) + "\n",
      );
    }
    return await trainRanking(folder, prepared, device, task, command, flags);
  } finally {
    task.dispose();
  }
}

/** Goes on with a stopped run to its report. */
export async function resumeRanking(
  path: string,
  flags: RankingRunFlags,
  args: readonly string[],
): Promise<RankingReport> {
  using folder = await openRankingFolder(path);
  const prepared = await prepareRankingRun(folder.config);
  using device = await openEngine(await tuningOfRun(path));
  const task = await createTask(device, prepared, folder.config);
  try {
    const changed = await noteAdapter(path, device.adapter);
    if (changed) console.error(changed);
    const kept = await Deno.readTextFile(`${path}/command.txt`).catch(() => undefined);
    return await trainRanking(folder, prepared, device, task, kept?.trim() ?? commandText(args), flags);
  } finally {
    task.dispose();
  }
}

function createTask({ engine }: OpenEngine, { shown, split }: PreparedRanking, config: RankingRunConfig) {
  return createRankingTask(engine, { data: shown, trainRows: split.train, config });
}

async function trainRanking(
  { path, config }: RunFolder<RankingRunConfig>,
  prepared: PreparedRanking,
  device: OpenEngine,
  task: RankingTask,
  command: string,
  flags: RankingRunFlags,
): Promise<RankingReport> {
  const { data, split } = prepared;
  const { training } = config;
  const terminal = processTerminal(flags);
  terminal.note(
    `Data: ${split.train.length} signatures to train on, ${split.validation.length} for validation, ` +
      `${split.test.length} for the test; ${data.drugs.length} drugs, ${data.cells.length} cell lines, ` +
      `${data.genes.length} genes`,
  );
  terminal.note(`Model: ${familyNames[config.model.family]}, hidden width ${config.model.hidden}`);
  using interrupt = listenForInterrupt();
  const store = new RunStore(path), timings = new Timings(`${path}/timings.jsonl`);
  const display = trainingDisplay(terminal, training);
  timings.begin();
  const trained = await trainLoop(task, split, data.labels, {
    ...training,
    schedule: { kind: "constant", learningRate: training.learningRate },
    criterion: releasedCriterion(data.genes.length),
    store,
    signal: interrupt.signal,
    onProgress: (progress) => display.step(progress),
    async onEpoch(line) {
      display.epoch(line);
      await timings.epoch(line.epoch);
    },
  }).finally(() => display.stop());
  if (trained.status === "stopped") throw new StoppedError(path, trained.state.step, trained.state.epoch + 1);

  const { report, prediction } = await testRanking(device.engine, config, prepared, task, trained.result!, {
    epochs: await epochLines(path),
    bestEpoch: trained.state.best!.epoch,
    kernels: await profile(device, task, prepared, config),
    environment: environmentOf(device, command),
    trainingSeconds: await timings.total(),
  });
  const { pearson, rmse, up, down } = report.scores[0];
  store.record({
    type: "test",
    epoch: report.bestEpoch,
    rows: split.test.length,
    scores: { pearson, rmse, ndcgUp: up.ndcg, ndcgDown: down.ndcg },
  });
  await store.flush();
  await writeRankingResults(path, report, prepared, prediction);
  return report;
}

/** Times one step. Done before the result is put back, since the step changes the parameters. */
async function profile(
  { engine }: OpenEngine,
  task: RankingTask,
  { split }: PreparedRanking,
  { training }: RankingRunConfig,
): Promise<readonly KernelTime[]> {
  if (!engine.device.hasTimestamps) return [];
  const rows = split.train.slice(0, training.batchSize);
  return summariseTimings(await task.profile(rows, 0, training.learningRate));
}
