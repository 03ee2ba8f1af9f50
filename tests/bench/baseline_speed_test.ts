import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { checkBaseline, parseBaseline } from "../../bench/compare/baseline.ts";
import { kernelCases } from "../../bench/kernels/mod.ts";
import { runKernels } from "../../bench/run_kernels.ts";
import { Engine } from "../../engine/mod.ts";
import { deviceTest } from "../support/gpu_test.ts";

const path = fileURLToPath(new URL("../../bench/results/baseline.json", import.meta.url));

deviceTest(
  "no kernel lost its advantage, its memory or its launches against the committed baseline",
  async () => {
    const engine = await Engine.open(navigator.gpu);
    const { adapterClass, description } = engine.device;
    engine.dispose();
    const baseline = parseBaseline(await Deno.readTextFile(path), path);
    const cases = kernelCases.map((kernel) => ({ kernel, sizes: kernel.sizes }));
    const run = { cases, guard: true, adapterClass, seed: 1, repeats: 4 };
    const measured = await runKernels(navigator.gpu, run);
    assert.deepEqual(measured.refused, []);
    const { lost, checked } = checkBaseline(baseline, measured);
    if (checked === 0) return console.log(`skipped: the baseline has no row for ${description}`);
    // A busy machine can halve a ratio once; a kernel that lost its advantage loses it twice.
    if (lost.length > 0) {
      const again = await runKernels(navigator.gpu, run);
      assert.deepEqual(checkBaseline(baseline, again).lost, []);
    }
  },
  "long",
);
