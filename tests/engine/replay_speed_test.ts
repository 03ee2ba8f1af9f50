import assert from "node:assert/strict";
import { replayCase } from "../../bench/kernels/replay.ts";
import { hostMicroseconds } from "../../bench/measure.ts";
import { RandomValues } from "../../testing/random_values.ts";
import { Engine } from "../../engine/mod.ts";
import { deviceTest } from "../support/gpu_test.ts";

deviceTest("a replayed step costs the host under 15 microseconds a dispatch", async () => {
  const engine = await Engine.open(navigator.gpu);
  try {
    const { plan } = await replayCase.prepare(engine, "recorded", replayCase.sizes, new RandomValues(1));
    // On a busy machine the best of three tells the host's own time.
    let best = Infinity;
    for (let attempt = 0; attempt < 3; attempt++) best = Math.min(best, await hostMicroseconds(engine, plan));
    assert.ok(best < 15, `${best.toFixed(1)} microseconds a dispatch`);
  } finally {
    engine.dispose();
  }
});
