import assert from "node:assert/strict";
import { Canary } from "../../bench/roofline/canary.ts";
import { higher, rooflineShare } from "../../bench/roofline/roofline.ts";
import { deviceTest } from "../support/gpu_test.ts";

deviceTest("the canary reads the same unit whatever the length of a reading", async () => {
  const canary = await Canary.open(navigator.gpu);
  try {
    const best = async (about: number) => {
      const readings: number[] = [];
      for (let k = 0; k < 8; k++) readings.push(await canary.read(about));
      return Math.min(...readings);
    };
    const [short, long] = [await best(1), await best(16)];
    assert.ok(short > 0 && long > 0);
    // On a busy machine the two differ by much: that is why a reading is as long as the repeat beside it.
    assert.ok(short / long < 100 && long / short < 100, `${short} and ${long} ms for 10^9 operations`);
  } finally {
    canary.dispose();
  }
});

Deno.test("of two measurements of the ceilings the higher counts, one by one", () => {
  const both = higher({ gflops: 10, gbs: 4, read_gbs: 3, canary_ms: 9 }, {
    gflops: 8,
    gbs: 5,
    canary_ms: 12,
  });
  assert.deepEqual(both, { gflops: 10, gbs: 5, read_gbs: 3, canary_ms: 9 });
  assert.equal(rooflineShare({ gflops: 5, gbs: 1 }, both), 0.5);
});
