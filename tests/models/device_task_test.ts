import assert from "node:assert/strict";
import { matrixOf } from "../../datasets/dataset.ts";
import { Engine } from "../../engine/mod.ts";
import { linear } from "../../engine/ops/linear.ts";
import { rowNetworkTask } from "../../models/row_network.ts";
import { RandomValues } from "../../testing/random_values.ts";
import { deviceTest } from "../support/gpu_test.ts";

deviceTest(
  "a task keeps the plans of the 64 shapes used last, and gives the memory of others back",
  async () => {
    const engine = await Engine.open(navigator.gpu);
    try {
      const random = new RandomValues(3);
      const most = 90;
      const task = rowNetworkTask(engine, { seed: 1, weightDecay: 0, clipNorm: null, batchSize: most }, {
        name: "linear",
        inputs: { x: matrixOf(random.floats(most * 3), 3) },
        truth: matrixOf(random.floats(most * 2), 2),
        outputs: 2,
        parameters: { "layer.weight": [2, 3], "layer.bias": [2] },
        forward: (step, p, { x }) =>
          linear(step, { x, weight: p("layer.weight"), bias: p("layer.bias") }, {}),
      });
      const first = (count: number) => Uint32Array.from({ length: count }, (_, row) => row);
      const expected = await task.predict(first(most));
      const { created, memory: { resident: one } } = engine.device;
      // Largest first, so that the shared workspace does not grow.
      const full: number[] = [];
      for (let rows = most - 1; rows > 0; rows--) {
        assert.deepEqual(await task.predict(first(rows)), expected.slice(0, 2 * rows), `${rows} rows`);
        full.push(engine.device.memory.resident - one);
      }
      assert.ok(full[62] > full[0] && full[0] > 0, "every plan holds some memory");
      assert.deepEqual(new Set(full.slice(63)), new Set([full[62]]), "from the 65th on as much as 64 hold");
      // 65 to 90 rows have been forgotten, 1 to 64 not: those are replayed as they are.
      const { bindGroups } = created;
      await task.predict(first(64));
      assert.equal(created.bindGroups, bindGroups, "a kept plan makes nothing anew");
      assert.deepEqual(
        await task.predict(first(65)),
        expected.slice(0, 130),
        "a dropped one is recorded again",
      );
      assert.ok(created.bindGroups > bindGroups);
      // That made room in the place of 63 rows, which were used before 64 then.
      const again = created.bindGroups;
      await task.predict(first(64));
      assert.equal(created.bindGroups, again);
      const trained = await task.trainingPlan(first(5));
      task.dispose();
      assert.throws(() => trained.replay(new Map(), engine.still), /has been disposed of/);
    } finally {
      engine.dispose();
    }
  },
);

deviceTest("a task too large for a software driver is refused before anything of it is made", async () => {
  const engine = await Engine.open(navigator.gpu, { adapterClass: "software" });
  try {
    const { resident } = engine.device.memory;
    assert.throws(
      () =>
        rowNetworkTask(engine, { seed: 1, weightDecay: 0, clipNorm: null, batchSize: 2 }, {
          name: "wide",
          inputs: { x: matrixOf(new Float32Array(6), 3) },
          truth: matrixOf(new Float32Array(2), 1),
          outputs: 1,
          parameters: Object.fromEntries(["a", "b", "c", "d", "e"].map((key) => [key, [60_000_000, 1]])),
          forward: () => assert.fail("recorded"),
        }),
      /^UserError: wide has 300,000,000 parameters, which need 4\.5 GiB/,
    );
    assert.equal(engine.device.memory.resident, resident);
  } finally {
    engine.dispose();
  }
});
