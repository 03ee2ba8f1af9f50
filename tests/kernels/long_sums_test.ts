/**
 * Every kernel of the benchmark's registry where a loop or a grid is long: beyond what llvmpipe of Mesa 22 runs in one
 * invocation (65,536 iterations) and beyond the workgroups of one dimension of a grid (65,535). A result is right, or refused
 * by name where the adapter is known to stop loops; PERTURBINE_LONG_TESTS=1 adds sizes, and the kernels for GPUs on any adapter.
 */
import assert from "node:assert/strict";
import type { Sizes } from "../../bench/kernel_case.ts";
import { kernelCases } from "../../bench/kernels/mod.ts";
import { drawAnew } from "../../bench/judge/draw_anew.ts";
import { errorsOf, tolerance } from "../../bench/judge/judge.ts";
import { GpuError } from "../../engine/mod.ts";
import { probedIterations } from "../../engine/loop_budget.ts";
import { RandomValues } from "../../testing/random_values.ts";
import { gpuTest, releaseEngines } from "../support/gpu_test.ts";
import { longTests } from "../support/long_tests.ts";

// The largest is beyond both limits by two rows a workgroup too; the others lie at and just beyond them.
const rows = longTests ? [65_535, 65_536, 70_000, 131_073] : [131_073];
/** Samples that threads loop over. */
const batches = longTests ? rows : [70_000];
/** Samples or rows with a workgroup and its barriers each, which are slow in software: just beyond both limits. */
const groups = longTests ? rows : [65_539];
const widths = longTests ? [22_000, 70_000] : [70_000];
const each = (sizes: readonly number[], make: (size: number) => Sizes) => sizes.map(make);

/** Sizes by case; every case has some. */
const sizes: Readonly<Record<string, readonly Sizes[]>> = {
  "csg2a-block": [
    { genes: 10_167, batch: 3, width: 5, degree: 4 },
    ...each(batches, (batch) => ({ genes: 3, batch, width: 2, degree: 1 })),
  ],
  "csg2a-block-rowsum": [
    { genes: 10_167, batch: 3, width: 5, degree: 4 },
    ...each(batches, (batch) => ({ genes: 3, batch, width: 2, degree: 1 })),
  ],
  "additive-attention": [
    ...each(rows, (genes) => ({ genes, keys: 9, depth: 3, heads: 1, batch: 1 })),
    { genes: 3, keys: 4097, depth: 3, heads: 1, batch: 1 },
  ],
  "gene-attention": each(groups, (batch) => ({ genes: 2, depth: 3, heads: 1, batch })),
  "mat-attention": [
    { molecules: 1, nodes: 301, width: 4, heads: 1 },
    ...each(rows, (count) => ({ molecules: Math.ceil(count / 2), nodes: 2, width: 4, heads: 1 })),
  ],
  matmul: [
    ...each(longTests ? rows : [], (m) => ({ m, n: 3, k: 5 })),
    { m: 600_000, n: 1, k: 1 },
    { m: 3, n: 70_000, k: 2 },
    { m: 1, n: 64, k: longTests ? 131_073 : 70_000 },
    ...each(rows, (k) => ({ m: 1, n: 3, k })),
  ],
  "degree-linear": each(rows, (atoms) => ({
    molecules: Math.ceil(atoms / 3),
    atoms: 3,
    width: 2,
    bondWidth: 1,
    out: 3,
  })),
  "graph-attention": [
    ...each(rows, (edges) => ({ edges, nodes: 67, relations: 2, heads: 1, channels: 4 })),
    ...each(rows, (nodes) => ({ edges: 9_000, nodes, relations: 2, heads: 1, channels: 4 })),
  ],
  "graph-attention-v2": [
    ...each(rows, (edges) => ({ edges, nodes: 67, relations: 2, heads: 1, channels: 4 })),
    ...each(rows, (nodes) => ({ edges: 9_000, nodes, relations: 2, heads: 1, channels: 4 })),
  ],
  "bit-linear": [
    ...each(rows, (count) => ({ rows: count, bits: 7, out: 3, set: 3 })),
    ...each(widths, (bits) => ({ rows: 3, bits, out: 2, set: 40 })),
  ],
  "layer-norm": [
    ...each(rows, (count) => ({ rows: count, width: 3 })),
    ...each(widths, (width) => ({ rows: 2, width })),
  ],
  "set-norm": [
    ...each(rows, (genes) => ({ genes, width: 3, batch: 1 })),
    ...each(groups, (batch) => ({ genes: 2, width: 3, batch })),
    ...each(widths, (width) => ({ genes: 2, width, batch: 2 })),
  ],
  softmax: [
    ...each(rows, (count) => ({ rows: count, width: 3 })),
    ...each(widths, (width) => ({ rows: 2, width })),
  ],
  "batch-norm": [
    ...each(rows, (count) => ({ rows: count, width: 3 })),
    ...each(widths, (width) => ({ rows: 3, width })),
  ],
  elementwise: each(rows, (elements) => ({ elements })),
  gather: [
    ...each(rows, (count) => ({ rows: count, sources: 3, width: 2 })),
    { rows: 131_073, sources: 1, width: 1 },
  ],
  "loss-mse": each(rows, (count) => ({ rows: count, width: 3 })),
  "loss-cosine-mse": [
    ...each(groups, (count) => ({ rows: count, width: 3 })),
    ...each(widths, (width) => ({ rows: 2, width })),
  ],
  "loss-listnet": [
    ...each(groups, (count) => ({ rows: count, width: 3 })),
    ...each(widths, (width) => ({ rows: 2, width })),
  ],
  "loss-ranknet": [
    ...each(groups, (count) => ({ rows: count, width: 3 })),
    ...each(longTests ? [22_000] : [], (width) => ({ rows: 1, width })),
  ],
  optimizer: each(rows, (parameters) => ({ parameters })),
  replay: each(rows, (elements) => ({ dispatches: 3, elements })),
};

/** Steps of the ladder that barriers make slow in software: at the last of the sizes only, or in the long form. */
const slowInSoftware = new Set(["matmul tiled"]);
/** What takes long there: in the long form only. */
const longOnly = new Set(["gene-attention streaming", "matmul matrix_units_emulated"]);

/** What an adapter that stops loops may refuse: a batch, the bits of a row, all nodes as if they were of one molecule or, in a twin, the keys that one thread goes over. */
const mayNeedMore = new Set([
  "additive-attention naive",
  "degree-linear naive",
  "graph-attention naive",
  "mat-attention",
  "bit-linear",
  "csg2a-block",
  "csg2a-block-rowsum",
]);
/** What is refused because its grid has a batch along one dimension. */
const mayExceedGrid = new Set([
  "csg2a-block naive",
  "csg2a-block tiled",
  "csg2a-block-rowsum naive",
  "csg2a-block-rowsum tiled",
  "gene-attention naive",
]);

Deno.test("every case of the registry has sizes with long loops", () => {
  assert.deepEqual(Object.keys(sizes).sort(), kernelCases.map(({ name }) => name).sort());
});

for (const kernel of kernelCases) {
  gpuTest(`${kernel.name} is right, or refused by name, where loops and grids are long`, async (engine) => {
    let right = 0;
    for (const size of sizes[kernel.name]) {
      for (const variant of kernel.variants) {
        const features = new Set<string>(engine.device.adapter.features);
        if (kernel.skip?.(variant, { ...kernel.sizes, ...size }, features)) continue;
        const name = `${kernel.name} ${variant}`;
        if (!longTests && longOnly.has(name)) continue;
        if (!longTests && slowInSoftware.has(name) && size !== sizes[kernel.name].at(-1)) continue;
        const what = `${name} at ${JSON.stringify(size)}`;
        try {
          const all = { ...kernel.sizes, ...size };
          const prepared = await kernel.prepare(engine, variant, all, new RandomValues(11));
          prepared.plan.replay(new Map(), prepared.values ?? engine.still);
          const host = drawAnew(prepared, 0, 0);
          const { forward, backward } = await errorsOf(prepared, prepared.expected(host));
          const allowed = kernel.tolerances?.[variant] ?? tolerance;
          assert.ok(forward <= allowed && backward <= allowed, `${what}: errors ${forward}, ${backward}`);
          prepared.dispose?.();
          right++;
        } catch (error) {
          if (!(error instanceof GpuError)) throw error;
          const loops = /may need \d+ loop iterations .* is known to run \d+/.test(error.message);
          const stops = engine.device.maxIterations < probedIterations;
          const grid = /needs [\d x]+ workgroups/.test(error.message);
          // The twin of the weight gradient counts every atom's neighbours for every weight: too many for the probe itself.
          const anywhere = name === "degree-linear naive";
          const expected =
            (loops && (stops || anywhere) && (mayNeedMore.has(name) || mayNeedMore.has(kernel.name))) ||
            (grid && mayExceedGrid.has(name));
          assert.ok(expected, `${what}: ${error.message}`);
        } finally {
          await engine.device.idle();
          engine.workspace.dispose();
        }
      }
    }
    assert.ok(right > 0, "nothing ran");
  }, longTests ? undefined : ["software"]);
}

releaseEngines();
