/** Trains a {@link LinearTask} in a folder, slowly: `linear_training.ts FOLDER MILLISECONDS_A_STEP`. To be killed. */
import { hashSplit } from "../../datasets/splits/hash_split.ts";
import { RunStore } from "../../models/run_store.ts";
import { trainLoop, type TrainLoopOptions } from "../../models/train_loop.ts";
import { linearData, LinearTask } from "./linear_task.ts";

/** The run that every test of resuming repeats: 8 or 9 batches an epoch, early stopping within reach. */
export const settings = {
  epochs: 12,
  patience: 4,
  batchSize: 9,
  seed: 3,
  schedule: { kind: "cosine", learningRate: 0.08, floor: 0.01, epochs: 6 },
  readEvery: 4,
  saveEvery: 3,
} as const satisfies TrainLoopOptions;

/** Its data and split. */
export const data = linearData(97, 7, 3, 5);
/** See {@link data}. */
export const split = hashSplit({ rows: 97, kind: "random", split: 0 });

if (import.meta.main) {
  const [folder, wait] = Deno.args;
  const task = new LinearTask(data, () => new Promise((resume) => setTimeout(resume, Number(wait))));
  await trainLoop(task, split, data.y, { ...settings, store: new RunStore(folder) });
}
