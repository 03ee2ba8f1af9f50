import assert from "node:assert/strict";
import { LocalSteps } from "../../models/distributed/local_steps.ts";
import { outerStep } from "../../models/distributed/outer_step.ts";
import { RunStore } from "../../models/run_store.ts";
import type { RunWish } from "../../runs/configure.ts";
import { inFolder } from "../runs/small_run.ts";
import { inProcess } from "../support/ranks_in_process.ts";
import { deviceTest } from "../support/gpu_test.ts";
import { assertClose, badger, csg2a, trained } from "./trained_over_ranks.ts";

Deno.test("two outer steps are those of PyTorch's SGD with Nesterov's momentum", () => {
  const values = Float32Array.of(1, -2), velocity = new Float32Array(2);
  const settings = { rate: 0.5, momentum: 0.75 };
  outerStep(values, Float32Array.of(0.5, 0), velocity, settings);
  // velocity 0.5; 1 - 0.5 (0.5 + 0.75 * 0.5)
  assert.deepEqual([...values], [0.5625, -2]);
  outerStep(values, Float32Array.of(0.25, 1), velocity, settings);
  // velocity 0.625 and 1; 0.5625 - 0.5 (0.25 + 0.75 * 0.625), -2 - 0.5 (1 + 0.75)
  assert.deepEqual([...velocity], [0.625, 1]);
  assert.deepEqual([...values], [0.203125, -2.875]);
});

Deno.test("ranks that step by themselves draw dropout of their own, and part a batch without leaving a row", () => {
  const settings = { every: 2, rate: 1, momentum: 0 };
  const ranks = inProcess(3).map((communicator) =>
    new LocalSteps(communicator, settings, undefined as never)
  );
  const seeds = ranks.map((rank) => rank.seedOf(0xffffffff));
  assert.equal(new Set(seeds).size, 3);
  for (const seed of seeds) assert.ok(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32, `${seed}`);
  const batch = Uint32Array.from({ length: 8 }, (_, k) => 10 + k);
  assert.deepEqual(ranks.flatMap((rank) => [...rank.rowsOf(batch)]), [...batch]);
  for (const rank of ranks) assert.deepEqual([...rank.rowsOf(batch.slice(0, 5))], [10, 11, 12, 13, 14]);
});

deviceTest(
  "ranks that see the same rows and take the mean of their parameters train like one process",
  async () => {
    // Batches of three rows are too few to be parted.
    const wish: RunWish = {
      ...badger,
      model: "mlp",
      settings: { hidden: 16, dropout: 0 },
      training: { epochs: 1, patience: null, batchSize: 3 },
    };
    const [alone] = await trained(wish, 0);
    const ranks = await trained(wish, 2, { local: { every: 3, rate: 1, momentum: 0 } });
    assertClose(ranks[0], alone, 3e-6);
    assert.deepEqual(ranks[1], ranks[0]);
  },
);

const ranking: RunWish = {
  ...badger,
  data: { source: "simulator", options: { genes: 160, cells: 9, drugs: 9, decoys: 1 } },
  training: { ...badger.training, batchSize: 5 },
};

for (const [name, model] of [["CSG2A", csg2a], ["BADGER", ranking]] as const) {
  deviceTest(
    `${name} over two ranks that step by themselves ends in the same bytes when it was stopped and resumed`,
    async () => {
      const local = { every: 2, rate: 0.7, momentum: 0.9 };
      // Rounded up to where all have the same parameters.
      const wish = { ...model, training: { ...model.training, saveEvery: 3 } };
      await inFolder(async (folder) => {
        const stores = ["whole", "stopped"].map((of) => new RunStore(`${folder}/${of}`));
        for (const { folder } of stores) await Deno.mkdir(folder);
        const whole = await trained(wish, 2, { local }, (rank) => rank === 0 ? { store: stores[0] } : {});
        assert.deepEqual(whole[1].state, whole[0].state);
        assert.deepEqual(whole[1].epochs, whole[0].epochs);
        assert.ok(whole[0].epochs[0].step > 2, "an epoch of no more than an outer step");

        const stop = new AbortController();
        stop.abort();
        // Rank 1 is told to stop, and all do after the first outer step.
        const first = await trained(
          wish,
          2,
          { local },
          (rank) => rank === 0 ? { store: stores[1] } : { signal: stop.signal },
        );
        for (const { outcome } of first) assert.deepEqual([outcome.status, outcome.step], ["stopped", 2]);
        await trained(
          wish,
          2,
          { local },
          (rank) => rank === 0 ? { store: new RunStore(`${folder}/stopped`) } : {},
        );
        for (const file of ["optimizer.safetensors", "checkpoint.safetensors", "metrics.jsonl"]) {
          const [one, other] = await Promise.all(
            stores.map(({ folder }) => Deno.readFile(`${folder}/${file}`)),
          );
          assert.deepEqual(other, one, file);
        }
      });
    },
  );
}
