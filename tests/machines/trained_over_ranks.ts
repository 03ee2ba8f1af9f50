import assert from "node:assert/strict";
import { type Communicator, single } from "../../models/distributed/communicator.ts";
import type { FitOptions, FitOutcome, Group } from "../../models/model.ts";
import type { EpochLine } from "../../models/train_record.ts";
import type { NamedTensors } from "../../models/training_task.ts";
import { configure, type RunWish } from "../../runs/configure.ts";
import { Device } from "../../runs/device.ts";
import { openPredictor } from "../../runs/predictors.ts";
import { prepareRun } from "../../runs/prepare.ts";
import { inProcess } from "../support/ranks_in_process.ts";

/** What a process ends with. */
export interface Trained {
  readonly outcome: FitOutcome;
  readonly epochs: readonly EpochLine[];
  readonly state: NamedTensors;
}

/** What `ranks` processes that share a training end with, each; 0: one process as ever. */
export async function trained(
  wish: RunWish,
  ranks: number,
  more: Partial<Group> = {},
  options: (rank: number) => FitOptions = () => ({}),
): Promise<Trained[]> {
  const prepared = await prepareRun(await configure(wish));
  const communicators: (Communicator | undefined)[] = ranks === 0
    ? [undefined]
    : ranks === 1
    ? [single]
    : inProcess(ranks);
  return await Promise.all(communicators.map(async (communicator, rank) => {
    using device = new Device();
    await using predictor = await openPredictor(prepared, prepared.shown, device);
    const epochs: EpochLine[] = [];
    const outcome = await predictor.fit({
      ...communicator && { group: { communicator, ...more } },
      onEpoch: (line) => void epochs.push(line),
      ...options(rank),
    });
    return { outcome, epochs, state: await predictor.state() };
  }));
}

/**
 * A bias before a BatchNorm has rounding noise for a gradient, and Adam takes a whole step of it: training does not see that, since the
 * statistics of the batch take it out; validation does, through the running ones.
 */
export function assertClose(shared: Trained, alone: Trained, wandering: number): void {
  assert.ok(alone.epochs.length > 0);
  shared.epochs.forEach((line, k) => {
    for (const [name, tolerance] of [["trainLoss", 3e-6], ["validationLoss", wandering]] as const) {
      const [value, expected] = [line[name]!, alone.epochs[k][name]!];
      const error = Math.abs(value - expected) / expected;
      assert.ok(error < tolerance, `${name} of epoch ${k + 1}: ${value}, alone ${expected}: ${error}`);
    }
  });
}

/** CSG2A with BatchNorm and molecules, small. */
export const csg2a: RunWish = {
  model: "csg2a",
  data: { source: "simulator", options: { genes: 163, cells: 2, drugs: 7, decoys: 1 } },
  settings: { hiddenWidth: 8, mat: { width: 8, layers: 1, heads: 2 } },
  training: { epochs: 2, patience: null, batchSize: 23 },
};

/** BADGER with dropout and pathways, small. */
export const badger: RunWish = {
  model: "badger",
  data: { source: "simulator", options: { genes: 160, cells: 5, drugs: 7, decoys: 1 } },
  reading: { genes: 41 },
  settings: { hidden: 16 },
  training: { epochs: 2, patience: null, batchSize: 7 },
};
