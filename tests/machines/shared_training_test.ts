import assert from "node:assert/strict";
import { Device as EngineDevice } from "../../engine/mod.ts";
import type { Communicator } from "../../models/distributed/communicator.ts";
import { configure, type RunWish } from "../../runs/configure.ts";
import { Device } from "../../runs/device.ts";
import { openPredictor } from "../../runs/predictors.ts";
import { prepareRun } from "../../runs/prepare.ts";
import { deviceTest } from "../support/gpu_test.ts";
import { longTests } from "../support/long_tests.ts";
import { assertClose, badger, csg2a, trained } from "./trained_over_ranks.ts";

deviceTest(
  "CSG2A over three ranks ends within rounding of one process, in the same bytes on every rank",
  async () => {
    // 154 rows: the last batch has four, one of them a rank's whole part.
    const wish = { ...csg2a, training: { ...csg2a.training, batchSize: 50 } };
    const [alone] = await trained(wish, 0);
    const { read } = EngineDevice.prototype;
    let reads = 0;
    EngineDevice.prototype.read = function (buffer, ...range) {
      if (buffer.label === "constant parameters") reads++;
      return read.call(this, buffer, ...range);
    };
    const ranks = await trained(wish, 3, { bucketBytes: 1000 })
      .finally(() => EngineDevice.prototype.read = read);
    assertClose(ranks[0], alone, 1e-3);
    for (const other of ranks.slice(1)) assert.deepEqual(other, ranks[0]);
    // Running statistics are read before the first step, and with all parameters: not step by step.
    const each = reads / 3, norms = ranks[0].state.keys().filter((key) => key.endsWith("running_mean"));
    assert.ok(
      each > 0 && each <= 2 * norms.toArray().length + 8,
      `${each} reads of running statistics a rank`,
    );
  },
);

for (
  const [model, settings] of [["mlp", { hidden: 16 }], ["badger-light", { hidden: 16 }]] as const
) {
  const wish: RunWish = { ...badger, model, settings };
  deviceTest(`${model} over two ranks ends within rounding of one process`, async () => {
    const [alone] = await trained(wish, 0);
    const ranks = await trained(wish, 2);
    assertClose(ranks[0], alone, 3e-6);
    assert.deepEqual(ranks[1], ranks[0]);
  });
}

deviceTest("a network that was not looked into is refused over ranks, with the models that can", async () => {
  const wish: RunWish = { ...badger, model: "deepce", settings: {} };
  await assert.rejects(trained(wish, 2), /DeepCE cannot take its steps over ranks.*csg2a, .*--sync-every/);
});

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
      collect: () => Promise.reject(new Error("nobody collects")),
      exchange: (parts, channel) =>
        channel === "gradients"
          ? Promise.reject(new Error("gradients are lost"))
          : Promise.resolve(parts.slice()),
    };
    await assert.rejects(predictor.fit({ group: { communicator, bucketBytes: 1000 } }), /the cable is out/);
  },
);
