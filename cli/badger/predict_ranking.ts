import type { Split } from "../../datasets/types.ts";
import type { Engine } from "../../engine/mod.ts";
import { Knn } from "../../models/knn/knn.ts";
import { MlpTask } from "../../models/mlp/task.ts";
import type { RankingRunConfig } from "../../models/ranking_run_config.ts";
import { createRankingTask, type RankingTask } from "../../models/ranking_task.ts";
import type { NamedTensors } from "../../models/training_task.ts";
import type { NamedPrediction } from "../score_run.ts";
import { disturbed, type PreparedRanking, type RankingControl } from "./prepare_ranking_run.ts";
import type { BadgerData } from "../../datasets/badger/types.ts";

/** Names for people. */
export const familyNames: Readonly<Record<RankingRunConfig["model"]["family"], string>> = {
  "badger": "BADGER",
  "badger-light": "BADGER light",
  "mlp": "MLP",
  "knn": "kNN",
  "deepce": "DeepCE",
  "ciger": "CIGER",
};

/** Predictions of rows by a task: for kNN the mean of the nearest training rows. */
export async function predictRanking(
  task: RankingTask,
  { model }: Pick<RankingRunConfig, "model">,
  { train }: Pick<Split, "train">,
  rows: Uint32Array,
): Promise<Float32Array<ArrayBuffer>> {
  if (model.family !== "knn") return await task.predict(rows);
  if (!(task instanceof MlpTask)) throw new Error("kNN searches the fusion layer of an MLP.");
  return await (await Knn.of(task, train, model.neighbours)).predict(rows);
}

/**
 * Puts a trained model on the device for as long as `use` runs.
 *
 * @param data what the model sees, the training rows among it.
 */
export async function withTrained<Result>(
  engine: Engine,
  config: RankingRunConfig,
  data: BadgerData,
  trainRows: Uint32Array,
  parameters: NamedTensors,
  use: (task: RankingTask) => Promise<Result>,
): Promise<Result> {
  const task = await createRankingTask(engine, { data, trainRows, config });
  try {
    task.restore(parameters);
    return await use(task);
  } finally {
    task.dispose();
  }
}

const controlTexts: Readonly<Record<RankingControl, string>> = {
  "drug zeroed": "The same parameters, every drug without structure.",
  "drug permuted": "The same parameters, the drugs of the test rows dealt anew.",
  "cell permuted": "The same parameters, the cell lines of the test rows dealt anew.",
};

/** The controls of field.md: the same parameters on test rows whose drug or cell input is disturbed. */
export async function predictControls(
  engine: Engine,
  config: RankingRunConfig,
  { shown, split }: PreparedRanking,
  parameters: NamedTensors,
): Promise<NamedPrediction[]> {
  const controls: NamedPrediction[] = [];
  for (const control of ["drug zeroed", "drug permuted", "cell permuted"] as const) {
    const data = disturbed(shown, control, split.test, config.training.seed);
    const prediction = await withTrained(
      engine,
      config,
      data,
      split.train,
      parameters,
      (task) => predictRanking(task, config, split, split.test),
    );
    controls.push({ name: control, description: controlTexts[control], prediction });
  }
  return controls;
}
