import assert from "node:assert/strict";
import { errorsOf, load, replayScrubbed } from "../../bench/judge/judge.ts";
import { drawAnew, madeLoud } from "../../bench/judge/draw_anew.ts";
import { drawSizes } from "../../bench/judge/draw_sizes.ts";
import { garbage, Scrub } from "../../bench/judge/scrub.ts";
import { impossible } from "../../bench/impossible.ts";
import type { KernelRun } from "../../bench/kernel_run.ts";
import { kernelTable } from "../../bench/kernel_table.ts";
import { kernelCases } from "../../bench/kernels/mod.ts";
import { runKernelCase } from "../../bench/run_kernel_case.ts";
import { Engine, type Tensor } from "../../engine/mod.ts";
import { RandomValues } from "../../testing/random_values.ts";
import { deviceTest, gpuTest, releaseEngines } from "../support/gpu_test.ts";
import { type Cheat, cheatingCase, cheatSizes } from "./cheats.ts";

const ceilings = { gflops: 500, gbs: 50 };

async function judged(variants: readonly Cheat[], more: Partial<KernelRun> = {}) {
  return await runKernelCase(navigator.gpu, cheatingCase(), {
    sizes: cheatSizes,
    variants,
    seed: 3,
    repeats: 6,
    budgetMs: 50,
    roofline: ceilings,
    ...more,
  });
}

const caughtInTheRace: Partial<Record<Cheat, RegExp>> = {
  "last result": /wrong result in timed repeat 1: off by/,
  "half the rows": /wrong result: a value is missing or not finite/,
  // NaN is unequal to zero or not as a driver likes: this one falls at the first look or at the next.
  "already filled": /^wrong result/,
  "one seed": /wrong result in timed repeat 1: off by/,
  "one NaN": /wrong result: a value is missing or not finite/,
};

deviceTest("kernels that cheat are caught while they are timed, and the honest one is not", async () => {
  const cheats = Object.keys(caughtInTheRace) as Cheat[];
  const { rows, refused } = await judged(["honest", ...cheats]);
  assert.deepEqual([...new Set(rows.map(({ variant }) => variant))], ["honest"]);
  assert.deepEqual(refused.map(({ variant }) => variant).sort(), [...cheats].sort());
  for (const { variant, reason, max_rel_error: error } of refused) {
    assert.match(reason, caughtInTheRace[variant as Cheat]!, variant);
    assert.ok(error! > 1e-3, variant);
  }
  // What is missing stands before what was measured.
  assert.match(
    kernelTable(rows, refused),
    /^softmax half the rows at rows=67 width=141: no time, wrong result/,
  );
});

deviceTest(
  "kernels that are right only where they are timed are caught at sizes drawn at random",
  async () => {
    const { rows, refused } = await judged(["honest", "one size", "careless"], { elsewhere: new Set() });
    assert.deepEqual([...new Set(rows.map(({ variant }) => variant))], ["honest"]);
    const [size, careless] = refused;
    assert.match(size.reason, /wrong result at rows=\d+ width=\d+: /);
    assert.match(
      careless.reason,
      /wrong result at rows=\d+ width=\d+ with large values: a value is missing or not finite/,
    );
    // Without the draw both pass: that is what it is for.
    assert.deepEqual((await judged(["one size", "careless"])).refused, []);
  },
);

deviceTest(
  "a kernel that writes nothing where the answer lies already must write in every timed repeat",
  async () => {
    const engine = await Engine.open(navigator.gpu);
    const scrub = new Scrub(engine);
    try {
      let memo!: Tensor;
      const prepared = await cheatingCase((tensor) => memo = tensor)
        .prepare(engine, "fits already", cheatSizes, new RandomValues(2));
      const host = drawAnew(prepared, 2, 0);
      const written = async () => new Float32Array(await prepared.plan.read(memo))[5];
      // As a careless bench would: the same again, and nothing is written.
      load(engine, prepared, host);
      for (let k = 0; k < 3; k++) prepared.plan.replay(new Map(), engine.still);
      assert.equal(await written(), 1);
      for (let k = 0; k < 3; k++) replayScrubbed(engine, prepared, host, scrub, k);
      assert.equal(await written(), 4);
      const { forward } = await errorsOf(prepared, prepared.expected(host));
      assert.ok(forward < 1e-6);
    } finally {
      scrub.dispose();
      engine.dispose();
    }
  },
);

deviceTest("a false cost model is flagged, headlined nowhere, and told why", async () => {
  const { rows, refused } = await judged(["honest", "false costs"]);
  assert.deepEqual(refused, []);
  for (const row of rows) {
    if (row.pass === "forward") assert.equal(row.flag !== null, row.variant === "false costs", row.variant);
  }
  const text = kernelTable(rows, refused);
  assert.match(text, /false costs.*impossible/);
  assert.match(
    text,
    /Do not quote false costs \(forward\S*: \S+ GFLOP\/s are more than arithmetic reached here/,
  );
});

Deno.test("a rate is impossible beyond the ceilings at the speed that the machine had, and only then", () => {
  assert.equal(impossible({ gflops: 499, gbs: 49 }, ceilings), undefined);
  assert.match(impossible({ gflops: 1, gbs: 70 }, ceilings)!, /70\.0 GB\/s are more than the fastest memory/);
  assert.equal(impossible({ gflops: 1, gbs: 70 }, { ...ceilings, fastest_gbs: 60 }), undefined);
  assert.match(impossible({ gflops: 400, gbs: 1 }, ceilings, 0.5)!, /reached here \(250\)/);
  assert.equal(impossible({ gflops: 1e9, gbs: 1 }, undefined), undefined);
});

Deno.test("every round draws other inputs, of the same values; integers and fixed data stay", () => {
  const values = new RandomValues(1).floats(101);
  const inputs = {
    x: { values, tensor: undefined as unknown as Tensor },
    dense: { values, tensor: undefined as unknown as Tensor, fixed: true },
    list: { values: Uint32Array.of(3, 1, 2), tensor: undefined as unknown as Tensor },
  };
  const rounds = [0, 1, 2, 3].map((round) => drawAnew({ inputs }, 5, round));
  assert.equal(new Set(rounds.map(({ x }) => x.join())).size, 4);
  for (const { x, dense, list } of rounds) {
    assert.deepEqual([...x].sort(), [...values].sort());
    assert.equal(dense, values);
    assert.deepEqual([...list], [3, 1, 2]);
  }
  const { x } = madeLoud({ x: Float32Array.of(0.1, -0.26) }, { x: { scale: 100, grid: 1 / 2, shift: 8 } });
  assert.deepEqual([...x], [18, -18]);
});

Deno.test("sizes are drawn within what a case allows, and differ", () => {
  const random = new RandomValues(4);
  const features = new Set<string>();
  for (const kernel of kernelCases) {
    const drawn = [0, 1, 0, 1].map((draw) => drawSizes(kernel, kernel.variants[0], draw, random, features)!);
    for (const sizes of drawn) {
      assert.deepEqual(Object.keys(sizes), Object.keys(kernel.sizes));
      assert.equal(kernel.skip?.(kernel.variants[0], sizes, features), undefined);
      for (const value of Object.values(sizes)) assert.ok(Number.isInteger(value) && value >= 1);
    }
    assert.ok(new Set(drawn.map((sizes) => JSON.stringify(sizes))).size > 2, kernel.name);
  }
});

gpuTest("poison reaches every buffer that plans share", async (engine) => {
  const scrub = new Scrub(engine);
  const prepared = await cheatingCase().prepare(engine, "honest", cheatSizes, new RandomValues(9));
  prepared.plan.replay(new Map(), engine.still);
  for (const [round, poison] of [NaN, garbage].entries()) {
    const encoder = engine.device.handle.createCommandEncoder();
    scrub.poison(encoder, prepared.plan, round);
    engine.device.queue.submit([encoder.finish()]);
    for (const { read } of prepared.results) {
      for (const value of Array.from(await read())) assert.ok(Object.is(value, poison), `${value}`);
    }
  }
  scrub.dispose();
});

releaseEngines();
