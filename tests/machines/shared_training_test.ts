import assert from "node:assert/strict";
import { single } from "../../models/distributed/communicator.ts";
import { inProcess } from "../../models/distributed/in_process.ts";
import type { Group } from "../../models/model.ts";
import type { EpochLine } from "../../models/train_record.ts";
import type { NamedTensors } from "../../models/training_task.ts";
import { configure, type RunWish } from "../../runs/configure.ts";
import { Device } from "../../runs/device.ts";
import { openPredictor } from "../../runs/predictors.ts";
import { prepareRun } from "../../runs/prepare.ts";
import { deviceTest } from "../support/gpu_test.ts";

interface Trained {
  readonly epochs: readonly EpochLine[];
  readonly state: NamedTensors;
}

/** What `ranks` processes that share a training end with, each; 0: one process as ever. */
async function trained(wish: RunWish, ranks: number, more: Partial<Group> = {}): Promise<Trained[]> {
  const prepared = await prepareRun(await configure(wish));
  const communicators = ranks === 0 ? [undefined] : ranks === 1 ? [single] : inProcess(ranks);
  return await Promise.all(communicators.map(async (communicator) => {
    using device = new Device();
    await using predictor = await openPredictor(prepared, prepared.shown, device);
    const epochs: EpochLine[] = [];
    await predictor.fit({
      ...communicator && { group: { communicator, ...more } },
      onEpoch: (line) => void epochs.push(line),
    });
    return { epochs, state: await predictor.state() };
  }));
}

/** Parameters whose gradient is rounding noise wander under Adam, losses do not. */
function assertClose(shared: Trained, alone: Trained, tolerance: number): void {
  shared.epochs.forEach((line, k) => {
    for (const name of ["trainLoss", "validationLoss"] as const) {
      const [value, expected] = [line[name]!, alone.epochs[k][name]!];
      const error = Math.abs(value - expected) / expected;
      assert.ok(error < tolerance, `${name} of epoch ${k + 1}: ${value}, alone ${expected}: ${error}`);
    }
  });
}

const csg2a: RunWish = {
  model: "csg2a",
  data: { source: "simulator", options: { genes: 163, cells: 2, drugs: 7, decoys: 1 } },
  settings: { hiddenWidth: 8, mat: { width: 8, layers: 1, heads: 2 } },
  training: { epochs: 2, patience: null, batchSize: 23 },
};

const badger: RunWish = {
  model: "badger",
  data: { source: "simulator", options: { genes: 160, cells: 5, drugs: 7, decoys: 1 } },
  reading: { genes: 41 },
  settings: { hidden: 16 },
  training: { epochs: 2, patience: null, batchSize: 7 },
};

deviceTest(
  "CSG2A over three ranks ends within rounding of one process, in the same bytes on every rank",
  async () => {
    const [alone] = await trained(csg2a, 0);
    const ranks = await trained(csg2a, 3, { bucketBytes: 1000 });
    assertClose(ranks[0], alone, 1e-4);
    for (const other of ranks.slice(1)) assert.deepEqual(other, ranks[0]);
  },
);

deviceTest(
  "BADGER over ranks, one of them without rows, ends within rounding of one process, in the same bytes twice",
  async () => {
    const [alone] = await trained(badger, 0);
    for (const size of [2, 5]) {
      const ranks = await trained(badger, size);
      assertClose(ranks[0], alone, 3e-6);
      if (size === 2) assert.deepEqual(await trained(badger, size), ranks);
    }
  },
);
