import assert from "node:assert/strict";
import { join } from "node:path";
import { tuneShape, tuningTasks } from "../../bench/tools/tune_shapes.ts";
import { tunedWorks } from "../../bench/tools/tuned_work.ts";
import { RandomValues } from "../../bench/random_values.ts";
import type { BackendOptions } from "../../cli/backend.ts";
import { openDeviceBackend } from "../../cli/device_backend.ts";
import { main } from "../../cli/main.ts";
import { adapterIdentity, Engine, Tuning, type TuningEntry, type TuningTable } from "../../engine/mod.ts";
import { matrix, recordMatmul, transposed } from "../../engine/ops/matmul.ts";
import { mergeTuning, readTuning, tuningFile, writeTuning } from "../../engine/tuning_cache.ts";
import { matmulVariantTunable } from "../../kernels/matmul/tunable.ts";
import { sizeClass } from "../../kernels/tunable.ts";
import { commandLine } from "../support/command_line.ts";
import { deviceTest } from "../support/gpu_test.ts";

const product = { m: 33, n: 35, k: 70, batches: 1, a_column: 1, b_column: 1 };

function entry(choice: string | number, sizes = product): TuningEntry {
  const shape = matmulVariantTunable.shapeClass(sizes);
  return { tunable: "matmul.variant", shape, choice, byRule: "naive", ms: 1, msByRule: 2, error: 0 };
}

async function identity(): Promise<string> {
  return adapterIdentity((await navigator.gpu.requestAdapter())!.info);
}

/** Kernels of a product of the sizes above, or of its layout with the left factor transposed. */
async function kernelsOf(tuning: TuningTable | undefined, straight = true): Promise<string[]> {
  const engine = await Engine.open(navigator.gpu, { tuning, adapterClass: "gpu" });
  try {
    const { m, n, k } = product;
    const a = engine.constant([m * k], new RandomValues(1).floats(m * k), "a");
    const b = engine.constant([k, n], new RandomValues(2).floats(k * n), "b");
    const { plan } = await engine.record("product", (step) => {
      const left = straight ? matrix(a, m, k) : transposed(matrix(a, k, m));
      recordMatmul(step, left, matrix(b, k, n), step.keep(step.empty([m, n], "c")));
    });
    return plan.dispatches.map(({ kernel }) => kernel.name);
  } finally {
    engine.dispose();
  }
}

deviceTest("a table decides for its adapter and its shapes, and for nothing else", async () => {
  const adapter = await identity();
  const table = (choice: string, of = adapter): TuningTable => mergeTuning(undefined, of, [entry(choice)]);
  assert.deepEqual(await kernelsOf(undefined), ["matmul_tiled"], "the rule for GPUs");
  assert.deepEqual(await kernelsOf(table("register4")), ["matmul_register4"]);
  assert.deepEqual(
    await kernelsOf(table("register4"), false),
    ["matmul_tiled"],
    "another layout is another class",
  );
  assert.deepEqual(await kernelsOf(table("register4", "another driver")), ["matmul_tiled"]);
  assert.deepEqual(await kernelsOf(table("no such variant")), ["matmul_tiled"]);
});

deviceTest(
  "the tuner keeps a candidate that is right, and the rule where nothing is clearly faster",
  async () => {
    const sizes = [product, { genes: 67, batch: 5, width: 13, quads: 4 }];
    for (const [k, work] of tunedWorks.entries()) {
      const task = { work, sizes: sizes[k], shape: work.tunable.shapeClass(sizes[k]) };
      const found = await tuneShape(navigator.gpu, task, { seed: 5, rounds: 3, tolerance: 2e-5 });
      assert.equal(found.shape, task.shape);
      assert.ok(found.error > 0 && found.error < 2e-5, `${found.tunable}: ${found.error}`);
      assert.ok(found.ms > 0 && found.msByRule > 0);
      if (found.choice !== found.byRule) assert.ok(found.ms < found.msByRule);
    }
    const [matmul] = tunedWorks;
    const strict = { work: matmul, sizes: product, shape: matmulVariantTunable.shapeClass(product) };
    const none = await tuneShape(navigator.gpu, strict, { seed: 5, rounds: 2, tolerance: 0 });
    assert.equal(none.choice, none.byRule, "no candidate meets a tolerance of 0");
  },
);

deviceTest("every candidate of every choice gives the right result", async () => {
  const engine = await Engine.open(navigator.gpu);
  try {
    for (const { tunable, prepare } of tunedWorks) {
      const sizes: Readonly<Record<string, number>> = tunable.name === "matmul.variant"
        ? { m: 17, n: 9, k: 21, batches: 3, a_column: 17, b_column: 1 }
        : { genes: 130, batch: 3, width: 7, quads: 2 };
      const record = prepare(engine, sizes, new RandomValues(3));
      for (const choice of tunable.candidates) {
        const shape = tunable.shapeClass(sizes);
        engine.device.tuning = new Tuning([{ ...entry(choice), tunable: tunable.name, shape }]);
        const judged = await record();
        assert.equal(judged.runs, choice);
        judged.plan.replay(new Map(), engine.still);
        const error = await judged.error();
        assert.ok(error < 2e-6, `${tunable.name} ${choice}: ${error}`);
      }
    }
  } finally {
    engine.dispose();
  }
});

deviceTest(
  "tune measures the shapes of a step; its table is shown, exported, imported and cleared",
  async () => {
    const folder = await Deno.makeTempDir();
    const before = Deno.env.get("PERTURBINE_CACHE");
    Deno.env.set("PERTURBINE_CACHE", join(folder, "cache"));
    try {
      const nothing = await commandLine("tune", "--show");
      assert.match(nothing.err, /Nothing has been tuned for/);
      const command = ["train", "csg2a", "--hidden-width", "5"];
      assert.match((await commandLine("tune", "--show", "--", ...command)).err, /Nothing is tuned here/);

      const table: TuningTable = mergeTuning(undefined, await identity(), [entry("register8")]);
      const file = join(folder, "shipped.json"), out = join(folder, "exported.json");
      await writeTuning(file, table);
      assert.match((await commandLine("tune", "--import", file)).out, /matmul\.variant/);
      assert.equal((await commandLine("tune", "--export", out)).code, 0);
      assert.deepEqual(await readTuning(out), table);
      await writeTuning(file, { ...table, adapter: "another" });
      assert.match(
        (await commandLine("tune", "--import", file)).err,
        /was made on another, this is .*; tune here/,
      );

      // A run begins with the user's table, keeps it, and goes by it ever after.
      const run = join(folder, "run"), opened: (BackendOptions | undefined)[] = [];
      const spy = {
        openBackend: (options?: BackendOptions) => {
          opened.push(options);
          return openDeviceBackend(options);
        },
      };
      const quiet = async (...words: string[]) => {
        const log = console.log;
        console.log = () => {};
        try {
          assert.equal(await main(words, spy), 0);
        } finally {
          console.log = log;
        }
      };
      await quiet("demo", "--epochs", "1", "--quiet", "--out", run);
      assert.deepEqual(await readTuning(join(run, "tuning.json")), table);
      assert.equal((await commandLine("tune", "--clear")).code, 0);
      assert.equal(await readTuning(tuningFile(table.adapter)), undefined);
      await quiet("resume", run, "--quiet");
      await quiet("evaluate", run);
      assert.deepEqual(opened.map((options) => options?.tuning), [table, table, table]);

      const tuned = await commandLine("tune", "--rounds", "1", "--json");
      assert.equal(tuned.code, 0, tuned.err);
      const { entries } = JSON.parse(tuned.out) as TuningTable;
      assert.ok(entries.length >= 5 && entries.some(({ tunable }) => tunable === "csg2a.geneChunk"));
      assert.ok(entries.every(({ error }) => error < 2e-5));
    } finally {
      if (before === undefined) Deno.env.delete("PERTURBINE_CACHE");
      else Deno.env.set("PERTURBINE_CACHE", before);
      await Deno.remove(folder, { recursive: true });
    }
  },
);

Deno.test("tables are kept by adapter and driver, merged by shape, and refused when damaged", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = tuningFile("Some GPU | driver 1", folder);
    assert.notEqual(path, tuningFile("Some GPU | driver 2", folder));
    assert.equal(await readTuning(path), undefined);
    const first = mergeTuning(undefined, "a", [entry("naive"), entry("tiled", { ...product, m: 500 })]);
    await writeTuning(path, first);
    assert.deepEqual(await readTuning(path), first);
    const merged = mergeTuning(first, "a", [entry("register4")]);
    assert.deepEqual(merged.entries.map(({ choice }) => choice), ["register4", "tiled"]);
    for (const text of ["", "{}", '{"format":"perturbine tuning 1","adapter":"a","entries":[{}]}']) {
      await Deno.writeTextFile(path, text);
      await assert.rejects(readTuning(path), /holds no tuning table; remove it with/);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("shapes within a factor of two share a class; only the largest of a class is measured", () => {
  assert.deepEqual([1, 2, 3, 64, 65, 978, 1024].map(sizeClass), [1, 2, 4, 64, 128, 1024, 1024]);
  const dispatch = (m: number) =>
    ({ kernel: { name: "matmul_tiled" }, uniforms: { ...product, m } }) as unknown as Parameters<
      typeof tuningTasks
    >[0][number];
  const tasks = tuningTasks([dispatch(33), dispatch(60), dispatch(40), dispatch(65)]);
  assert.deepEqual(tasks.map(({ sizes }) => sizes.m), [60, 65]);
});
