import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { askedByModels } from "../../bench/models/asked_by_models.ts";
import { modelCases } from "../../bench/models/mod.ts";
import { RandomValues } from "../../testing/random_values.ts";
import { relativeError } from "../../bench/relative_error.ts";
import { AskedChoices } from "../../bench/tools/asked_choices.ts";
import { tuneShape } from "../../bench/tools/tune_shapes.ts";
import { tunedWorks } from "../../bench/tools/tuned/mod.ts";
import type { TunedWork } from "../../bench/tools/tuned/work.ts";
import { writeBadgerFolder } from "../../datasets/badger/simulate_badger_folder.ts";
import {
  adapterIdentity,
  Engine,
  Tuning,
  type TuningEntry,
  type TuningTable,
  type Uniforms,
} from "../../engine/mod.ts";
import { recordMatmul } from "../../engine/ops/matmul.ts";
import { matrix, transposed } from "../../engine/ops/matrix_view.ts";
import { mergeTuning, readTuning, tuningFile, writeTuning } from "../../host/tuning_cache.ts";
import { matmulVariantTunable } from "../../kernels/matmul/tunable.ts";
import { sizeClass } from "../../kernels/tunable.ts";
import { longTests } from "../support/long_tests.ts";
import { runCommand } from "../support/run_command.ts";
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

/** Runs with a cache folder of its own, which child processes inherit. */
async function withCache(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  const before = Deno.env.get("PERTURBINE_CACHE");
  Deno.env.set("PERTURBINE_CACHE", join(folder, "cache"));
  try {
    await use(folder);
  } finally {
    if (before === undefined) Deno.env.delete("PERTURBINE_CACHE");
    else Deno.env.set("PERTURBINE_CACHE", before);
    await Deno.remove(folder, { recursive: true });
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

const attention = { samples: 3, heads: 2, queries: 37, keys: 21, depth: 9 };
const sizesOf: Readonly<Record<string, readonly Uniforms[]>> = {
  "matmul.variant": [{ m: 17, n: 9, k: 21, batches: 3, a_column: 17, b_column: 1 }],
  "csg2a.geneChunk": [{ genes: 130, batch: 3, width: 7, quads: 2 }],
  // Streaming passes take a software driver long to compile: tests of the operation have them all.
  "dotAttention.form": [
    { ...attention, keys: 37, self: 1 },
    ...(longTests ? [{ ...attention, self: 0 }] : []),
  ],
  "additiveAttention.tiling": [{ ...attention, shared: 0 }, { ...attention, shared: 1 }],
};

// One engine for both: most of the time goes into compiling the candidates.
deviceTest(
  "every candidate of every choice gives the right result; the tuner keeps one that does, and the rule where none is clearly faster",
  async () => {
    const engine = await Engine.open(navigator.gpu);
    try {
      for (const work of tunedWorks) {
        for (const sizes of sizesOf[work.tunable.name]) await checkCandidates(engine, work, sizes);
      }
      for (const work of tunedWorks) await checkTuner(engine, work, sizesOf[work.tunable.name][0]);
      const [matmul] = tunedWorks, [sizes] = sizesOf["matmul.variant"];
      const strict = { work: matmul, sizes, shape: matmulVariantTunable.shapeClass(sizes) };
      const none = await tuneShape(engine, strict, { seed: 5, rounds: 2, tolerance: 0 });
      assert.equal(none.choice, none.byRule, "no candidate meets a tolerance of 0");
    } finally {
      engine.dispose();
    }
  },
);

async function checkCandidates(
  engine: Engine,
  { tunable, prepare }: TunedWork,
  sizes: Uniforms,
): Promise<void> {
  const record = prepare(engine, sizes, new RandomValues(3));
  for (const choice of tunable.candidates) {
    const shape = tunable.shapeClass(sizes);
    engine.device.tuning = new Tuning([{ ...entry(choice), tunable: tunable.name, shape }]);
    const judged = await record();
    // Where the adapter has no subgroups, or no matrix units, the rule's own choice runs.
    const { hasSubgroups, matrixUnits } = engine.device;
    const possible = choice === "subgroups" ? hasSubgroups : choice !== "matrix_units" || !!matrixUnits;
    assert.equal(judged.runs === choice, possible, `${choice}: ${judged.runs} runs`);
    judged.plan.replay(new Map(), engine.still);
    const error = await judged.error();
    assert.ok(error < 4e-6, `${tunable.name} ${choice}: ${error}`);
  }
}

async function checkTuner(engine: Engine, work: TunedWork, sizes: Uniforms): Promise<void> {
  const task = { work, sizes, shape: work.tunable.shapeClass(sizes) };
  const found = await tuneShape(engine, task, { seed: 5, rounds: 3, tolerance: 2e-5 });
  assert.equal(found.shape, task.shape);
  assert.ok(found.error > 0 && found.error < 2e-5, `${found.tunable}: ${found.error}`);
  assert.ok(found.ms > 0 && found.msByRule > 0);
  if (found.choice !== found.byRule) assert.ok(found.ms < found.msByRule);
}

deviceTest(
  "tune measures the shapes of a step; its table is shown, exported, imported and cleared",
  async () => {
    await withCache(async (folder) => {
      const nothing = await runCommand("tune", "--show");
      assert.match(nothing.err, /Nothing has been tuned for/);
      const command = ["train", "csg2a", "--hidden-width", "5"];
      assert.match((await runCommand("tune", "--show", "--", ...command)).err, /Nothing is tuned here/);

      const table: TuningTable = mergeTuning(undefined, await identity(), [entry("register8")]);
      const file = join(folder, "shipped.json"), out = join(folder, "exported.json");
      await writeTuning(file, table);
      assert.match((await runCommand("tune", "--import", file)).out, /matmul\.variant/);
      assert.equal((await runCommand("tune", "--export", out)).code, 0);
      assert.deepEqual(await readTuning(out), table);
      await writeTuning(file, { ...table, adapter: "another" });
      assert.match(
        (await runCommand("tune", "--import", file)).err,
        /was made on another, this is .*; tune here/,
      );

      // A run begins with the user's table, keeps it, and goes by it ever after.
      const run = join(folder, "run"), opened: (readonly TuningEntry[])[] = [], said: string[] = [];
      const quiet = async (...words: string[]) => {
        const before = Engine.onOpen;
        Engine.onOpen = ({ device }) => void opened.push(device.tuning.entries);
        try {
          const { code, err } = await runCommand(...words);
          assert.equal(code, 0, err);
          said.push(err);
        } finally {
          Engine.onOpen = before;
        }
      };
      const demo = ["demo", "--epochs", "1", "--simulator", "genes=160,cells=2,drugs=5"];
      await quiet(...demo, "--out", run);
      assert.deepEqual(await readTuning(join(run, "tuning.json")), table);
      // Said once, and in the run's record and page.
      const line = /Kernels go by the table of .perturbine tune.: 1 of 1 choices differ from the rule\./;
      assert.equal(said.join("\n").split("Kernels go by the table").length, 2, said.join("\n"));
      assert.match(said.join("\n"), line);
      const { environment } = JSON.parse(await Deno.readTextFile(join(run, "results.json")));
      assert.match(environment.tuned, line);
      assert.match(await Deno.readTextFile(join(run, "report.html")), /<dt>kernels<\/dt><dd>Kernels go by/);
      assert.equal((await runCommand("tune", "--clear")).code, 0);
      assert.equal(await readTuning(tuningFile(table.adapter)), undefined);
      await quiet("resume", run, "--quiet");
      await quiet("evaluate", run);
      assert.deepEqual(opened, [table.entries, table.entries, table.entries]);

      const tuned = await runCommand("tune", "--rounds", "1", "--json", "--", ...demo);
      assert.equal(tuned.code, 0, tuned.err);
      const { entries } = JSON.parse(tuned.out) as TuningTable;
      assert.ok(entries.length >= 5 && entries.some(({ tunable }) => tunable === "csg2a.geneChunk"));
      assert.ok(entries.every(({ error }) => error < 2e-5));
    });
  },
);

deviceTest(
  "without a command the shapes of models are tuned, those of ranking models among them",
  async () => {
    const models = modelCases.filter(({ name }) => ["badger", "ciger"].includes(name));
    const { tasks } = await askedByModels(navigator.gpu, models, "reduced");
    const shapes = (name: string) =>
      tasks.filter(({ work }) => work.tunable.name === name).map(({ shape }) => shape);
    assert.ok(
      shapes("additiveAttention.tiling").some((shape) => shape.endsWith("shared")),
      "BADGER's pathways",
    );
    assert.ok(shapes("dotAttention.form").some((shape) => shape.endsWith("self")), "BADGER's genes");
    assert.ok(
      shapes("dotAttention.form").some((shape) => shape.endsWith("cross")),
      "CIGER's genes",
    );
    assert.ok(shapes("matmul.variant").length > 50);
  },
  "long",
);

deviceTest("runs of ranking models begin with the user's table and go by it ever after", async () => {
  await withCache(async (folder) => {
    const data = join(folder, "data"), run = join(folder, "run"), stopped = join(folder, "stopped");
    await writeBadgerFolder(data, {
      simulator: { genes: 160, cells: 6, drugs: 9, decoys: 1 },
      pathwayWidth: 16,
    });
    const size = ["--genes", "37", "--hidden", "16", "--patience", "0", "--quiet", "--save-every", "1"];
    const train = ["train", "badger-light", "--data", data, "--split", "random", ...size, "--epochs", "2"];
    const drug = ["--drug", "CC(=O)Oc1ccccc1C(=O)O", "--cell", "LINE01", "--json"];
    const opened: Engine[] = [], kernels = new Set<string>(), asked = new AskedChoices();
    const succeed = async (...words: string[]) => {
      const { code, out, err } = await runCommand(...words);
      assert.equal(code, 0, err);
      return out;
    };
    try {
      Engine.onOpen = ({ device }) => void (device.tuning = asked);
      await succeed(...train, "--out", run);
      assert.equal(await readTuning(join(run, "tuning.json")), undefined, "there was no table");

      // What no rule for a software driver chooses, and compiles soon.
      const others: Record<string, string> = {
        "matmul.variant": "naive",
        "additiveAttention.tiling": "tiles",
      };
      const choices = asked.tasks.map(({ work }) => work.tunable.name);
      assert.ok(choices.includes("dotAttention.form"), "the other choice of the model was asked for");
      const entries = asked.tasks.filter(({ work }) => others[work.tunable.name]).map((
        { work: { tunable }, shape },
      ) => (
        { ...entry(others[tunable.name]), tunable: tunable.name, shape }
      ));
      const table = mergeTuning(undefined, await identity(), entries), path = tuningFile(table.adapter);
      await writeTuning(path, table);
      Engine.onOpen = (engine) => {
        opened.push(engine);
        engine.device.observer = {
          beforeReplay: ({ dispatches }) => dispatches.forEach(({ kernel }) => kernels.add(kernel.name)),
        };
      };
      await succeed(...train, "--out", run, "--force");
      assert.deepEqual(await readTuning(join(run, "tuning.json")), table);
      for (const name of ["matmul_naive", "additive_scores_tiled_either"]) {
        assert.ok(kernels.has(name), `${name} is not among ${[...kernels].join(", ")}`);
      }

      const main = fileURLToPath(new URL("../../cli/main.ts", import.meta.url));
      const child = new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "-q", "--no-check", main, ...train, "--out", stopped],
        stdout: "null",
        stderr: "null",
      }).spawn();
      const exists = (file: string) => Deno.stat(file).then(() => true, () => false);
      while (!await exists(join(stopped, "state.json"))) await new Promise((wake) => setTimeout(wake, 5));
      child.kill("SIGKILL");
      await child.status;
      assert.ok(!await exists(join(stopped, "results.json")), "killed before the end");

      // Whatever has been tuned since.
      await writeTuning(path, mergeTuning(undefined, table.adapter, entries.slice(0, 1)));
      await succeed("resume", stopped, "--quiet");
      for (const file of ["checkpoint.safetensors", "optimizer.safetensors", "predictions.csv"]) {
        assert.deepEqual(
          await Deno.readFile(join(stopped, file)),
          await Deno.readFile(join(run, file)),
          file,
        );
      }
      await succeed("evaluate", run, "--json");
      await succeed("explain", run, ...drug, "--out", join(folder, "explained"));
      const tuned = JSON.parse(await succeed("rank", run, ...drug, "--out", join(folder, "ranked")));
      assert.equal(opened.length, 5);
      assert.ok(opened.every(({ device }) => isDeepStrictEqual(device.tuning.entries, table.entries)));

      await Deno.remove(join(run, "tuning.json"));
      const plain = JSON.parse(await succeed("rank", run, ...drug, "--out", join(folder, "ranked")));
      assert.equal(opened.at(-1)!.device.tuning.entries.length, 0);
      const scores = (ranking: typeof plain) =>
        new Map<string, number>(
          ranking.genes.map(({ gene, score }: { gene: string; score: number }) => [gene, score]),
        );
      const [by, byRule] = [scores(tuned), scores(plain)];
      assert.ok(relativeError([...byRule.keys()].map((gene) => by.get(gene)!), [...byRule.values()]) < 2e-5);
    } finally {
      Engine.onOpen = undefined;
    }
  });
});

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
  const asked = new AskedChoices();
  for (const m of [33, 60, 40, 65]) {
    assert.equal(
      asked.choose(matmulVariantTunable, { ...product, m }),
      undefined,
      "the rule holds meanwhile",
    );
  }
  assert.deepEqual(asked.tasks.map(({ sizes }) => sizes.m), [60, 65]);
});
