/**
 * Memory of the process over many replays of one plan. lavapipe of Mesa 22 compiles a kernel anew at every dispatch, and keeps
 * every copy, where a uniform value unrolls a loop: half a megabyte a dispatch for a batch of 4, unless the plan prevents it.
 */
import assert from "node:assert/strict";
import { kernelCases } from "../../bench/kernels/mod.ts";
import type { Sizes } from "../../bench/kernel_case.ts";
import { Engine } from "../../engine/mod.ts";
import { RandomValues } from "../../testing/random_values.ts";
import { deviceTest } from "../support/gpu_test.ts";
import { longTests } from "../support/long_tests.ts";

/** Those that were seen to grow by half a megabyte a dispatch; the long form looks at all. */
const growing = ["csg2a-block closed", "additive-attention fused"];
const replays = 200, allowedMegabytes = 30;

/** The case's sizes made small, its batch few enough for a loop over it to be unrolled. */
const shrunk = (sizes: Sizes): Sizes =>
  Object.fromEntries(
    Object.entries(sizes).map(([name, size]) => [name, Math.min(size, name === "batch" ? 4 : 19)]),
  );

for (const kernel of kernelCases) {
  const variants = kernel.variants.filter((variant) =>
    longTests || growing.includes(`${kernel.name} ${variant}`)
  );
  for (const variant of variants) {
    deviceTest(`${kernel.name} ${variant}: ${replays} replays leave memory as it was`, async () => {
      const engine = await Engine.open(navigator.gpu);
      try {
        const sizes = shrunk(kernel.sizes);
        if (kernel.skip?.(variant, sizes, new Set<string>(engine.device.adapter.features))) return;
        const { plan, values } = await kernel.prepare(engine, variant, sizes, new RandomValues(3));
        const replay = async (times: number) => {
          for (let k = 0; k < times; k++) {
            plan.replay(new Map(), values ?? engine.still);
            if (k % 16 === 0) await engine.device.idle();
          }
          await engine.device.idle();
          return Deno.memoryUsage().rss / 1e6;
        };
        const before = await replay(20);
        const grown = await replay(replays) - before;
        assert.ok(grown < allowedMegabytes, `${grown.toFixed(0)} MB`);
      } finally {
        engine.dispose();
      }
    });
  }
}
