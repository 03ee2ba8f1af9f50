import assert from "node:assert/strict";
import { type Communicator, single } from "../../models/distributed/communicator.ts";
import { inProcess } from "../support/ranks_in_process.ts";
import type { Group } from "../../models/model.ts";
import type { EpochLine } from "../../models/train_record.ts";
import type { NamedTensors } from "../../models/training_task.ts";
import { configure, type RunWish } from "../../runs/configure.ts";
import { Device } from "../../runs/device.ts";
import { openPredictor } from "../../runs/predictors.ts";
import { prepareRun } from "../../runs/prepare.ts";
import { deviceTest } from "../support/gpu_test.ts";
import { longTests } from "../support/long_tests.ts";

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

/**
 * A bias before a BatchNorm has rounding noise for a gradient, and Adam takes a whole step of it: training does not see that, since the
 * statistics of the batch take it out; validation does, through the running ones.
 */
function assertClose(shared: Trained, alone: Trained, wandering: number): void {
  shared.epochs.forEach((line, k) => {
    for (const [name, tolerance] of [["trainLoss", 3e-6], ["validationLoss", wandering]] as const) {
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
    assertClose(ranks[0], alone, 1e-3);
    for (const other of ranks.slice(1)) assert.deepEqual(other, ranks[0]);
  },
);

deviceTest(
  "BADGER over ranks, one of them without rows, ends within rounding of one process",
  async () => {
    const [alone] = await trained(badger, 0);
    for (const size of longTests ? [2, 5] : [5]) {
      const ranks = await trained(badger, size);
      assertClose(ranks[0], alone, 3e-6);
      if (longTests) assert.deepEqual(await trained(badger, size), ranks);
    }
  },
);

deviceTest(
  "an exchange that fails is what a training ends with, whatever gradients under way meet",
  async () => {
    const prepared = await prepareRun(await configure(badger));
    using device = new Device();
    await using predictor = await openPredictor(prepared, prepared.shown, device);
    const communicator: Communicator = {
      rank: 0,
      size: 2,
      gather(own) {
        // Four numbers are what ranks agree on after the backward pass; till then the other rank is like this one.
        if (own.length === 32) return Promise.reject(new Error("the cable is out"));
        const both = new Uint8Array(2 * own.length);
        both.set(own);
        both.set(own, own.length);
        return Promise.resolve(both);
      },
      exchange: (parts, channel) =>
        channel === "gradients"
          ? Promise.reject(new Error("gradients are lost"))
          : Promise.resolve(parts.slice()),
    };
    await assert.rejects(predictor.fit({ group: { communicator, bucketBytes: 1000 } }), /the cable is out/);
  },
);
