import { UserError } from "../../datasets/user_error.ts";
import { createRankingTask } from "../../models/ranking_task.ts";
import { environmentOf } from "../environment.ts";
import { resultParameters } from "../result_parameters.ts";
import { readRankingConfig } from "../run_folder.ts";
import { tuningOfRun } from "../../runs/tuning.ts";
import { testRanking } from "./finish_ranking.ts";
import { openEngine } from "./open_engine.ts";
import { prepareRankingRun } from "./prepare_ranking_run.ts";
import type { RankingReport } from "./ranking_report_data.ts";

/**
 * Scores a run's result on its own test part, beside every free baseline and control.
 *
 * @throws {UserError} when run or data are faulty.
 */
export async function evaluateRanking(run: string, command: string): Promise<RankingReport> {
  const config = await readRankingConfig(run);
  const parameters = await resultParameters(run);
  const results = await readRankingResults(run).catch(() => undefined);
  const prepared = await prepareRankingRun(config);
  using device = await openEngine(await tuningOfRun(run));
  const { engine } = device;
  const task = await createRankingTask(engine, {
    data: prepared.shown,
    trainRows: prepared.split.train,
    config,
  });
  try {
    const { report } = await testRanking(engine, config, prepared, task, parameters, {
      epochs: results?.epochs ?? [],
      bestEpoch: results?.bestEpoch ?? 0,
      kernels: results?.kernels ?? [],
      environment: environmentOf(device, command),
      trainingSeconds: results?.trainingSeconds ?? 0,
    });
    return report;
  } finally {
    task.dispose();
  }
}

/** The results that a finished run wrote. @throws {UserError} when there are none. */
export async function readRankingResults(run: string): Promise<RankingReport> {
  const path = `${run}/results.json`;
  try {
    // Written by this program from the same type.
    return JSON.parse(await Deno.readTextFile(path)) as RankingReport;
  } catch (error) {
    throw new UserError(
      `${path} cannot be read (${
        (error as Error).message
      }); finish the run with \`perturbine resume ${run}\`.`,
    );
  }
}
