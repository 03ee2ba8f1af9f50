import assert from "node:assert/strict";
import { join } from "node:path";
import { sharedFolder, sharedTest } from "../shared_folder.ts";
import { deviceTest } from "../support/gpu_test.ts";
import { inWorkspace, perturbine, quick } from "./in_process.ts";

interface Scored {
  readonly name: string;
  readonly role: string;
  readonly metrics: Record<string, number>;
}

deviceTest(
  "train, evaluate and resume work on a folder, and a configuration repeats a run byte by byte",
  async () => {
    await inWorkspace(async (folder) => {
      const run = join(folder, "run"), pre = join(folder, "pre");
      const trained = await perturbine("train", "csg2a", "--data", pre, ...quick, "--out", run, "--json");
      assert.equal(trained.code, 0, trained.err);
      const result = JSON.parse(trained.out);
      assert.equal(result.status, "finished");
      assert.equal(result.epochs.length, 3);
      const names = result.predictions.map(({ name }: Scored) => name.toLowerCase());
      for (
        const name of [
          "csg2a",
          "no change",
          "zero",
          "training mean",
          "cell mean",
          "drug mean",
          "additive",
          "ridge",
        ]
      ) {
        assert.ok(names.includes(name), `${name} is among ${names}`);
      }
      assert.ok(
        result.predictions.some(({ role }: Scored) => role === "control"),
        "controls are there unasked",
      );
      const { verdict } = result;
      assert.ok(["ahead", "level", "behind"].includes(verdict.standing));
      assert.match(verdict.sentence, new RegExp(verdict.against, "i"));
      assert.equal(verdict.seeds, 1);

      const kept = new Set([...Deno.readDirSync(run)].map(({ name }) => name));
      for (
        const name of [
          ...[
            "config.json",
            "metrics.jsonl",
            "checkpoint.safetensors",
            "optimizer.safetensors",
            "state.json",
          ],
          ...[
            "split.json",
            "data.json",
            "predictions.csv",
            "report.html",
            "results.json",
            "per_drug.csv",
            "per_gene.csv",
          ],
        ]
      ) assert.ok(kept.has(name), `${name} is in the run folder`);
      const results = JSON.parse(await Deno.readTextFile(join(run, "results.json")));
      assert.deepEqual(results.verdict, verdict);
      const predictions = (await Deno.readTextFile(join(run, "predictions.csv"))).trimEnd().split("\n");
      assert.equal(predictions.length - 1, 2 * result.counts.test, "truth and prediction of every row");

      const table = await perturbine("evaluate", run);
      assert.equal(table.code, 0, table.err);
      assert.ok(table.out.includes(verdict.sentence), "evaluating again says the same");
      const bare = await perturbine("evaluate", run, "--control", "none", "--json");
      assert.ok(!JSON.parse(bare.out).predictions.some(({ role }: Scored) => role === "control"));
      assert.equal(JSON.parse(bare.out).verdict.drugMatters, "untested");

      const again = await perturbine("resume", run, "--json", "--quiet");
      assert.equal(again.code, 0, again.err);
      assert.deepEqual(JSON.parse(again.out).predictions, result.predictions);

      const copy = join(folder, "copy");
      const words = [
        "train",
        "csg2a",
        "--config",
        join(run, "config.json"),
        "--out",
        copy,
        "--quiet",
        "--json",
      ];
      const same = await perturbine(...words);
      assert.equal(same.code, 0, same.err);
      for (
        const name of ["checkpoint.safetensors", "optimizer.safetensors", "predictions.csv", "metrics.jsonl"]
      ) {
        assert.deepEqual(await Deno.readFile(join(copy, name)), await Deno.readFile(join(run, name)), name);
      }
      const besides = JSON.parse((await perturbine("evaluate", run, "--beside", copy, "--json")).out);
      const models = besides.predictions.filter(({ role }: Scored) => role === "model");
      assert.equal(models.length, 2);
      assert.deepEqual(models[0].metrics, models[1].metrics);
    });
  },
);

Deno.test("a baseline is trained, stored, evaluated and resumed like any model", async () => {
  await inWorkspace(async (folder) => {
    const pre = join(folder, "pre");
    for (const model of ["ridge", "nearest", "additive"]) {
      const run = join(folder, model);
      const trained = await perturbine(
        "train",
        model,
        "--data",
        pre,
        "--split",
        "drug-blind",
        "--out",
        run,
        "--json",
      );
      assert.equal(trained.code, 0, trained.err);
      const result = JSON.parse(trained.out);
      assert.equal(result.predictions.filter(({ role }: Scored) => role === "model").length, 1);
      const evaluated = await perturbine("evaluate", run, "--json");
      assert.deepEqual(JSON.parse(evaluated.out).predictions, result.predictions, evaluated.err);
      const resumed = await perturbine("resume", run, "--json");
      assert.deepEqual(JSON.parse(resumed.out).predictions, result.predictions, resumed.err);
    }
    const refused = await perturbine("train", "ridge", "--data", pre, "--epochs", "3");
    assert.equal(refused.code, 2);
    assert.match(refused.err, /unknown option '--epochs'/);
  });
});

deviceTest(
  "finetune is train csg2a-response: scored beside its baselines, sizes taken over with --from",
  async () => {
    await inWorkspace(async (folder) => {
      const from = join(folder, "pre-run"), run = join(folder, "ft");
      assert.equal(
        (await perturbine("train", "csg2a", "--data", join(folder, "pre"), ...quick, "--out", from)).code,
        0,
      );
      const flags = ["--data", join(folder, "fine"), "--epochs", "2", "--batch", "8", "--quiet", "--json"];
      const tuned = await perturbine("finetune", "csg2a", "--from", from, ...flags, "--out", run);
      assert.equal(tuned.code, 0, tuned.err);
      const { model, outputs, config, predictions } = JSON.parse(tuned.out);
      assert.equal(model, "csg2a-response");
      assert.equal(outputs.kind, "response");
      assert.equal(config.settings.mat.width, 8, "sizes are those of the run that is taken over");
      assert.ok(predictions.some(({ name }: Scored) => /drug mean/i.test(name)));
      assert.equal(
        await Deno.readTextFile(join(run, "genes.txt")),
        await Deno.readTextFile(join(from, "genes.txt")),
      );
      const same = await perturbine("train", "csg2a-response", "--from", from, ...flags, "--out", `${run}-2`);
      assert.deepEqual(JSON.parse(same.out).predictions, predictions, same.err);
    });
  },
);

Deno.test("a run folder is never overwritten by accident, nor shared by two writers", async () => {
  await inWorkspace(async (folder) => {
    const run = join(folder, "run"), pre = join(folder, "pre");
    const train = ["train", "ridge", "--data", pre, "--quiet", "--out", run];
    assert.equal((await perturbine(...train)).code, 0);
    const again = await perturbine(...train);
    assert.equal(again.code, 1);
    assert.match(again.err, /already holds a run; go on with `perturbine resume .*--force/);
    const kept = await Deno.readFile(join(run, "checkpoint.safetensors"));
    // Forced, but the data are faulty: the old run stays.
    await Deno.writeTextFile(join(pre, "gex_comp.csv"), "A,B\n1,2\n");
    assert.equal((await perturbine(...train, "--force")).code, 1);
    assert.deepEqual(await Deno.readFile(join(run, "checkpoint.safetensors")), kept);
    using lock = await Deno.open(join(run, ".lock"), { write: true });
    await lock.lock(true);
    const busy = await perturbine("resume", run);
    assert.match(busy.err, /is being written by another process/);
    const foreign = await perturbine(...train.slice(0, -1), folder, "--force");
    assert.match(foreign.err, /holds files that are not of a run/);
  });
});

deviceTest(
  "all folds and several seeds are runs of their own, judged together, and finished ones are kept",
  async () => {
    await inWorkspace(async (folder) => {
      const pre = join(folder, "pre"), folds = join(folder, "folds"), seeds = join(folder, "seeds");
      const words = [
        "train",
        "ridge",
        "--data",
        pre,
        "--split",
        "drug-blind",
        "--folds",
        "3",
        "--fold",
        "all",
        "--json",
      ];
      const { code, out, err } = await perturbine(...words, "--out", folds);
      assert.equal(code, 0, err);
      const { runs, models } = JSON.parse(out);
      assert.equal(runs.length, 3);
      const metrics = await Promise.all([0, 1, 2].map(async (fold) => {
        const results = JSON.parse(await Deno.readTextFile(join(folds, `fold-${fold}`, "results.json")));
        assert.equal(results.config.split.fold, fold);
        return results.predictions[0].metrics.mse;
      }));
      const mean = metrics.reduce((sum, value) => sum + value, 0) / 3;
      assert.ok(Math.abs(models[0].metrics.mse.mean - mean) < 1e-12);

      const seeded = ["train", "csg2a", "--data", pre, ...quick, "--seeds", "2", "--json", "--out", seeds];
      const both = await perturbine(...seeded);
      assert.equal(both.code, 0, both.err);
      assert.equal(JSON.parse(both.out).verdict.seeds, 2);
      const [a, b] = await Promise.all(
        [42, 43].map((seed) => Deno.readFile(join(seeds, `seed-${seed}`, "checkpoint.safetensors"))),
      );
      assert.notDeepEqual(a, b);
      const started = performance.now();
      assert.deepEqual(JSON.parse((await perturbine(...seeded)).out).verdict, JSON.parse(both.out).verdict);
      assert.ok(performance.now() - started < 10_000, "finished trainings are kept");
      const other = await perturbine(...seeded, "--lr", "0.01");
      assert.equal(other.code, 1);
      assert.match(
        other.err,
        /seed-42 holds a run with other settings .*; give another --out, or replace it with --force/,
      );
    });
  },
);

Deno.test("--skip-bad leaves faulty rows out and lists them in the run folder", async () => {
  await inWorkspace(async (folder) => {
    const table = join(folder, "pre", "condition_table.csv"), run = join(folder, "run");
    const lines = (await Deno.readTextFile(table)).split("\n");
    lines[3] = lines[3].replace(/^[^,]+,[^,]+,[^,]+/, "10,24,C1CC");
    await Deno.writeTextFile(table, lines.join("\n"));
    const train = ["train", "ridge", "--data", join(folder, "pre"), "--quiet", "--out", run];
    const refused = await perturbine(...train);
    assert.match(refused.err, /condition_table\.csv.*--skip-bad:\n {2}row 3: "C1CC": a ring/);
    const skipped = await perturbine(...train, "--skip-bad");
    assert.equal(skipped.code, 0, skipped.err);
    assert.match(await Deno.readTextFile(join(run, "skipped.json")), /C1CC/);
    const predictions = await Deno.readTextFile(join(run, "predictions.csv"));
    assert.ok(!predictions.includes("\n3,"), "row numbers are those of the file");
  });
});

Deno.test("demo takes the flags of any training, and trains on the simulator", async () => {
  const { code, out } = await perturbine("demo", "--help");
  assert.equal(code, 0);
  for (const flag of ["--epochs", "--seed", "--out", "--mat-width", "--split", "--control", "--folds"]) {
    assert.ok(out.includes(flag), flag);
  }
  assert.match(out.replace(/\s+/g, " "), /--mat-width <n> width of the molecule encoder \(default: 32;/);
});

sharedTest("data/csg2a-format/a375_24h", "splits of the real slices are those of the reference", async () => {
  const data = new URL("data/csg2a-format/a375_24h", sharedFolder).pathname;
  const folder = await Deno.makeTempDir();
  try {
    const cases = [["random", 233, 29, 29, 3145], ["drug-blind", 215, 24, 52, 8161]] as const;
    for (const [rule, train, validation, test, sum] of cases) {
      const run = join(folder, rule);
      // The reference told drugs apart by canonical SMILES.
      const words = ["--data", data, "--ppi", "none", "--identity", "canonical", "--split", rule, "--json"];
      const trained = await perturbine("train", "training-mean", ...words, "--out", run);
      assert.equal(trained.code, 0, trained.err);
      const { counts } = JSON.parse(await Deno.readTextFile(join(run, "results.json")));
      assert.deepEqual([counts.train, counts.validation, counts.test], [train, validation, test]);
      const rows = (await Deno.readTextFile(join(run, "predictions.csv"))).split("\n").filter((line) =>
        line.includes(",prediction,")
      );
      const zeroBased = rows.map((line) => Number(line.split(",")[0]) - 1);
      assert.equal(zeroBased.reduce((total, row) => total + row, 0), sum);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
