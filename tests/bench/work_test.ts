import assert from "node:assert/strict";
import { idleDispatches } from "../../bench/idle_dispatches.ts";
import { drawAnew } from "../../bench/judge/draw_anew.ts";
import { kernelCases } from "../../bench/kernels/mod.ts";
import { neededWork, workOf } from "../../bench/work.ts";
import { RandomValues } from "../../testing/random_values.ts";
import { gpuTest, releaseEngines } from "../support/gpu_test.ts";
import { smallSizes } from "../support/small_sizes.ts";
import { countedCases, instrumented, operationsOf } from "./counted_reference.ts";
import { longTests } from "../support/long_tests.ts";

Deno.test("operations on numbers that are not whole are counted, addressing is not", async () => {
  const source = `export function dot(a: number[], b: number[], n: number) {
    let sum = 0;
    for (let i = 0; i < n * 1; i++) sum += a[i + 0 * n] * b[n - 1 - (n - 1 - i)];
    return Math.sqrt(sum) ** 2 + Math.max(0, 1);
  }`;
  const { dot } = await import(`data:text/javascript,${encodeURIComponent(instrumented(source))}`);
  const a = [0.5, 1.25, 2.5];
  // Three products, three sums, a root, a square, a sum.
  assert.equal(operationsOf(() => assert.ok(Math.abs(dot(a, a, 3) - 9.0625) < 1e-12)), 9);
});

/** Twins that compute what the others do not, by design. */
const wasteful = new Set(["csg2a-block", "csg2a-block-rowsum", "bit-linear"]);

gpuTest("every cost model is near what an instrumented float64 reference counts", async (engine) => {
  const folder = await Deno.makeTempDir({ prefix: "perturbine_counted_" });
  try {
    const counting = await countedCases(folder);
    for (const [k, kernel] of kernelCases.entries()) {
      const sizes = { ...kernel.sizes, ...smallSizes[kernel.name] };
      const counted = await counting[k].prepare(engine, kernel.variants[0], sizes, new RandomValues(1));
      const operations = operationsOf(() => counted.expected(drawAnew(counted, 1, 0)));
      assert.ok(operations > 0, kernel.name);
      const needed = kernel.flops?.(sizes, counted.inputs);
      if (needed !== undefined) {
        assert.ok(
          Math.abs(needed / operations - 1) < 0.03,
          `${kernel.name}: ${needed} needed, ${operations} counted`,
        );
      }
      counted.dispose?.();
      // By default only the one that the product runs.
      for (const variant of longTests ? kernel.variants : kernel.variants.slice(0, 1)) {
        if (kernel.skip?.(variant, sizes, new Set(engine.device.adapter.features))) continue;
        const prepared = await kernel.prepare(engine, variant, sizes, new RandomValues(1));
        prepared.plan.replay(new Map(), prepared.values ?? engine.still);
        const idle = await idleDispatches(engine, prepared.plan, prepared.values);
        const { flops } = workOf(prepared.plan, "both", idle);
        const ratio = flops / operations;
        // A reference computes some things twice, and none of the kernels' padding; a launch of a copy costs it nothing.
        const allowed = kernel.name === "replay" || wasteful.has(kernel.name) ? 100 : 2;
        assert.ok(
          ratio > 0.02 && ratio < allowed,
          `${kernel.name} ${variant}: ${flops}, ${operations} counted`,
        );
        if (!wasteful.has(kernel.name)) assert.ok(ratio > 0.2, `${kernel.name} ${variant}: ${ratio}`);
        prepared.dispose?.();
        prepared.plan.dispose();
      }
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}, ["software"]);

gpuTest(
  "a kernel that returns at once counts for nothing, and only such kernels are idle",
  async (engine) => {
    const of = async (name: string, variant: string) => {
      const kernel = kernelCases.find((one) => one.name === name)!;
      const sizes = { ...kernel.sizes, ...smallSizes[name] };
      const prepared = await kernel.prepare(engine, variant, sizes, new RandomValues(3));
      prepared.plan.replay(new Map(), engine.still);
      const idle = await idleDispatches(engine, prepared.plan);
      return {
        kernel,
        sizes,
        prepared,
        idle,
        names: [...idle].map((k) => prepared.plan.dispatches[k].kernel.name),
      };
    };
    const fused = await of("additive-attention", "fused");
    assert.equal(fused.names.length, 3);
    for (const name of fused.names) assert.match(name, /_exact$/);
    const exact = await of("additive-attention", "exact");
    assert.deepEqual(exact.names, []);
    const done = workOf(fused.prepared.plan, "both", fused.idle);
    assert.equal(done.flops, workOf(exact.prepared.plan, "both").flops);
    assert.ok(workOf(fused.prepared.plan, "both").flops > 1.5 * done.flops);
    // Results are those of a plain replay after the look.
    const { kernel, sizes, prepared } = await of("matmul", "chosen");
    assert.deepEqual((await of("csg2a-block", "closed")).names, []);
    const bytes = (pass: "forward" | "both") => neededWork(kernel, sizes, prepared, pass, new Set()).bytes;
    const { m, n, k } = sizes as Record<string, number>;
    assert.equal(bytes("forward"), 4 * (m * k + n * k + m * n));
    assert.equal(bytes("both"), 4 * (m * k + n * k + m * n) + 4 * (2 * m * k + 2 * n * k + m * n));
  },
  ["software"],
);

releaseEngines();
