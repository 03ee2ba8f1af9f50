import assert from "node:assert/strict";
import type { KernelCase } from "../../bench/kernel_case.ts";
import { kernelTable } from "../../bench/kernel_table.ts";
import { kernelCases } from "../../bench/kernels/mod.ts";
import { parseSizes } from "../../bench/parse_sizes.ts";
import { relativeError } from "../../bench/relative_error.ts";
import { tolerance } from "../../bench/judge/judge.ts";
import type { KernelRun } from "../../bench/kernel_run.ts";
import { runKernelCase } from "../../bench/run_kernel_case.ts";
import { quantile } from "../../bench/statistics.ts";
import { deviceTest } from "../support/gpu_test.ts";
import { smallSizes } from "../support/small_sizes.ts";

/** Cases that only copy, or multiply by powers of the same factor: their results may be exact. */
const exact = new Set(["replay", "gather"]);

function quick(kernel: KernelCase): KernelRun {
  return {
    sizes: { ...kernel.sizes, ...smallSizes[kernel.name] },
    variants: kernel.variants,
    seed: 5,
    repeats: 2,
    budgetMs: 1,
    roofline: { gflops: 100, gbs: 10 },
  };
}

for (const kernel of kernelCases) {
  deviceTest(`bench kernels measures ${kernel.name}: every variant right, every figure there`, async () => {
    const { rows, refused } = await runKernelCase(navigator.gpu, kernel, quick(kernel));
    // A variant may need what this adapter has not: it is passed over, with the reason, not refused.
    const features = new Set<string>((await navigator.gpu.requestAdapter())!.features);
    const [possible, impossible] = [false, true].map((skipped) =>
      kernel.variants.filter((name) =>
        (kernel.skip?.(name, quick(kernel).sizes, features) !== undefined) === skipped
      )
    );
    assert.deepEqual(
      refused.map(({ variant, adapter }) => [variant, adapter]),
      impossible.map((name) => [name, ""]),
    );
    assert.deepEqual([...new Set(rows.map(({ variant }) => variant))], possible);
    for (const row of rows) {
      const what = `${row.variant} ${row.pass}`;
      assert.ok(
        row.max_rel_error > 0 || exact.has(kernel.name),
        `${what}: an error of exactly 0 is no check`,
      );
      const allowed = kernel.tolerances?.[row.variant] ?? tolerance;
      assert.ok(row.max_rel_error <= allowed, `${what}: error ${row.max_rel_error}`);
      assert.ok(row.ms_median > 0 && row.ms_min > 0 && row.ms_min <= row.ms_median, `${what}: times`);
      assert.ok(row.gflops >= 0 && row.gbs > 0 && row.peak_bytes > 0 && row.dispatches > 0, `${what}: rates`);
      assert.ok(row.roofline_share! > 0, `${what}: roofline`);
      assert.equal(row.repeats, 2);
      assert.equal(row.kernel, kernel.name);
      if (row.variant === "naive") assert.equal(row.speedup_vs_naive, 1);
      if (kernel.variants.includes("naive")) assert.ok(row.speedup_vs_naive! > 0, `${what}: speed-up`);
      assert.equal(row.host_us_per_dispatch !== null && row.pass !== "both", false);
    }
    assert.match(kernelTable(rows, refused), new RegExp(kernel.name));
  });
}

deviceTest("a wrong result gets no time, and is told with its error", async () => {
  const [honest] = kernelCases.filter(({ name }) => name === "matmul");
  const wrong: KernelCase = {
    ...honest,
    variants: ["naive", "register4"],
    async prepare(engine, variant, sizes, random) {
      const prepared = await honest.prepare(engine, variant, sizes, random);
      if (variant !== "register4") return prepared;
      const results = prepared.results.map((result) => ({
        ...result,
        // Wrong in one place by 3e-4 of the largest value.
        async read() {
          const values = Float32Array.from(await result.read());
          if (result.name === "x") values[0] += 3e-4 * Math.max(...values.map(Math.abs));
          return values;
        },
      }));
      return { ...prepared, results };
    },
  };
  const run = { ...quick(honest), variants: wrong.variants };
  const { rows, refused } = await runKernelCase(navigator.gpu, wrong, run);
  assert.deepEqual([...new Set(rows.map(({ variant }) => variant))], ["naive"]);
  assert.equal(refused.length, 1);
  assert.equal(refused[0].variant, "register4");
  assert.ok(Math.abs(refused[0].max_rel_error! - 3e-4) < 1e-5);
  assert.match(refused[0].reason, /wrong result: off by (3\.0|2\.9|3\.1)e-4 of the largest value/);
  assert.match(kernelTable(rows, refused), /^matmul register4 at m=9 n=33 k=17: no time, wrong result/);
});

deviceTest("a variant that fails to run does not stop the others", async () => {
  const [honest] = kernelCases.filter(({ name }) => name === "matmul");
  const failing: KernelCase = {
    ...honest,
    prepare: (engine, variant, sizes, random) =>
      variant === "tiled"
        ? Promise.reject(new Error("out of memory"))
        : honest.prepare(engine, variant, sizes, random),
  };
  const run = { ...quick(honest), variants: ["naive", "tiled"] };
  const { rows, refused } = await runKernelCase(navigator.gpu, failing, run);
  assert.ok(rows.length > 0);
  assert.deepEqual(refused.map(({ reason }) => reason), ["out of memory"]);
});

Deno.test("the materialised block is skipped beyond 978 genes, with the reason", () => {
  const [block] = kernelCases.filter(({ name }) => name === "csg2a-block");
  const sizes = { ...block.sizes, genes: 10_167 };
  assert.equal(block.skip!("closed", sizes, new Set()), undefined);
  assert.match(block.skip!("naive", sizes, new Set())!, /up to 978 genes/);
  assert.equal(block.skip!("naive", block.sizes, new Set()), undefined);
});

Deno.test("sizes are read over the defaults, and refused by name", () => {
  const defaults = { genes: 978, batch: 16 };
  assert.deepEqual(parseSizes("", defaults), defaults);
  assert.deepEqual(parseSizes(" batch=128, ", defaults), { genes: 978, batch: 128 });
  assert.throws(() => parseSizes("gene=3", defaults), /--sizes has "gene", expected one of genes, batch/);
  for (const text of ["genes=0", "genes=1.5", "genes", "genes=3=4", "genes=x"]) {
    assert.throws(() => parseSizes(text, defaults), /positive whole number/);
  }
});

Deno.test("an error can never pass for small because a value is missing", () => {
  assert.equal(relativeError([1, 2], [1, 2.5]), 0.2);
  assert.equal(relativeError([1, NaN], [1, 2]), Infinity);
  assert.equal(relativeError([1], [1, 2]), Infinity);
  assert.equal(relativeError([0, 0], [0, 0]), 0);
});

Deno.test("quantiles interpolate", () => {
  assert.equal(quantile([3, 1, 2], 0.5), 2);
  assert.equal(quantile([4, 1, 2, 3], 0.5), 2.5);
  assert.equal(quantile([1, 2, 3, 4, 5], 0.25), 2);
  assert.ok(Number.isNaN(quantile([], 0.5)));
});
