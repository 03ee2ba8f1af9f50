import assert from "node:assert/strict";
import { arithmetic, arithmeticUniforms, threads } from "../../bench/roofline/arithmetic.ts";
import { Canary } from "../../bench/roofline/canary.ts";
import { higher, rooflineShare } from "../../bench/roofline/roofline.ts";
import { deviceTest, gpuTest } from "../support/gpu_test.ts";

/** Multiplications and additions that one invocation does, by running the kernel's text with counting operations. */
function counted(code: string, rounds: number): { count: number; sum: number } {
  const body = code.slice(code.indexOf("fn main"));
  const declared = [...body.matchAll(/var (\w) = ([^;]+);/g)];
  const chained = [...body.slice(body.indexOf("for (")).matchAll(/(\w) = fma\((\w), f, d\);/g)];
  assert.match(body, /for \(var round = 0u; round < params\.rounds; round\+\+\)/);
  // Every operation of the loop is one of these; nothing else stands in it.
  const loop = body.slice(body.indexOf("{", body.indexOf("for (")) + 1, body.lastIndexOf("y[id.x]"));
  assert.equal(loop.replaceAll(/\w = fma\(\w, f, d\);|[\s}]/g, ""), "");
  const { factor: f, addend: d } = arithmeticUniforms(rounds) as Record<string, number>;
  const values = new Map<string, number>();
  for (const [, name, value] of declared) {
    const [previous] = value.match(/^\w(?= \+ d)/) ?? [];
    values.set(name, previous ? values.get(previous)! + d : 7);
  }
  let count = 0;
  for (let round = 0; round < rounds; round++) {
    for (const [, to, from] of chained) {
      // A product and a sum in each of four lanes.
      values.set(to, Math.fround(values.get(from)! * f + d));
      count += 8;
    }
  }
  return { count, sum: 4 * [...values.values()].reduce((a, b) => a + b, 0) };
}

gpuTest("the canary's unit counts the multiply-adds that its kernel does, one by one", async (engine) => {
  for (const rounds of [1, 3, 17]) {
    const { count, sum } = counted(arithmetic.code, rounds);
    assert.equal(arithmetic.flops(arithmeticUniforms(rounds)), threads * count);
    // The kernel did as many: fewer or more rounds leave another sum.
    const y = engine.constant([threads], new Float32Array(threads), "canary");
    const { plan } = await engine.record(
      "canary",
      (step) => step.run(arithmetic, { y }, arithmeticUniforms(rounds)),
    );
    plan.replay(new Map(), engine.still);
    const found = new Float32Array(await plan.read(y));
    assert.ok(
      Math.abs(found[7] - sum) < 1e-5 * Math.abs(sum),
      `${found[7]} and ${sum} after ${rounds} rounds`,
    );
    plan.dispose();
  }
});

deviceTest("a reading of any length is divided by the operations that it did", async () => {
  const canary = await Canary.open(navigator.gpu);
  try {
    for (const about of [0.1, 1, 4, 16, 1e4]) {
      const { plan, gflop } = await canary.reading(about);
      const [{ kernel, uniforms }] = plan.dispatches;
      assert.equal(plan.dispatches.length, 1);
      assert.equal(gflop, threads * counted(kernel.code, uniforms.rounds).count / 1e9);
      // Beside repeats of up to 1 ms stand the shortest readings; by the time of processors all are of one length.
      assert.equal(uniforms.rounds === canary.rounds, about <= 1 || canary.clock === "processors");
    }
    const { ms, work } = await canary.read();
    assert.ok(ms > 0 && work > 0);
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
