import assert from "node:assert/strict";
import { join } from "node:path";
import { writeBadgerFolder } from "../../datasets/badger/simulate_badger_folder.ts";
import { UserError } from "../../datasets/user_error.ts";
import { configure, evaluateRun, predict, resume, train } from "../../runs/mod.ts";
import { readData } from "../../runs/prepare.ts";
import { createRunFolder } from "../../runs/run_folder.ts";
import { deviceTest } from "../support/gpu_test.ts";
import { inFolder, trainRidge, writeSmallFolder } from "./small_run.ts";

// deno-lint-ignore no-explicit-any
type Json = any;

/** Edits a run's `config.json`. */
async function editConfig(run: string, edit: (config: Json) => void): Promise<void> {
  const path = join(run, "config.json");
  const config = JSON.parse(await Deno.readTextFile(path));
  edit(config);
  await Deno.writeTextFile(path, JSON.stringify(config));
}

const refused = (fields: RegExp) => (error: unknown) =>
  error instanceof UserError && /config\.json: /.test(error.message) && fields.test(error.message);

Deno.test("an edited configuration is refused by resume, evaluate and predict, and every edited field is named", async () => {
  await inFolder(async (folder) => {
    const data = join(folder, "mine"), out = join(folder, "run");
    await writeSmallFolder(data);
    await trainRidge(out, data);
    const kept = await Deno.readTextFile(join(out, "config.json"));
    const edits: [RegExp, (config: Json) => void][] = [
      [/split\.number is 3, the run began with 0/, (config) => config.split.number = 3],
      [/seed is 77, the run began with \d+/, (config) => config.seed = 77],
      [/reading\.ppi is "identity", the run began with "none"/, (config) => config.reading.ppi = "identity"],
      [/control is "drug-removed", the run began with null/, (config) => config.control = "drug-removed"],
      [
        /identity is "spelling", the run began with "parent"; seed is 9/,
        (config) => (config.identity = "spelling", config.seed = 9),
      ],
      [/settings\.bits is 512/, (config) => config.settings.bits = 512],
    ];
    for (const [fields, edit] of edits) {
      await Deno.writeTextFile(join(out, "config.json"), kept);
      await editConfig(out, edit);
      await assert.rejects(resume(out), refused(fields));
      await assert.rejects(evaluateRun(out), refused(fields));
      await assert.rejects(
        predict(out, { file: join(folder, "none.csv") }, join(folder, "out.csv")),
        refused(fields),
      );
    }
    // Data that were moved are the same data.
    await Deno.rename(data, join(folder, "moved"));
    await Deno.writeTextFile(join(out, "config.json"), kept);
    await editConfig(out, (config) => config.data.folder = join(folder, "moved"));
    await resume(out);
  });
});

Deno.test("a table that the settings of a model name may be moved, not changed nor left out", async () => {
  await inFolder(async (folder) => {
    const data = join(folder, "mine"), out = join(folder, "run"), targets = join(folder, "targets.csv");
    await writeSmallFolder(data);
    const { drug } = await readData(await configure({ model: "ridge", data }));
    await Deno.writeTextFile(targets, `drug,target\n${drug.ids[0]},A\n${drug.ids[1]},A|B\n`);
    await trainRidge(out, data, { model: "gp", settings: { targets }, reading: { ppi: "none" } });
    const moved = join(folder, "moved.csv");
    await Deno.rename(targets, moved);
    await editConfig(out, (config) => config.settings.targets = moved);
    await evaluateRun(out);
    await editConfig(out, (config) => config.settings.targets = null);
    await assert.rejects(evaluateRun(out), /settings\.targets is null, found no file, expected [0-9a-f]{64}/);
    await editConfig(out, (config) => config.settings.targets = moved);
    await Deno.writeTextFile(moved, `drug,target\n${drug.ids[0]},A\n${drug.ids[1]},B\n`);
    for (const use of [evaluateRun, resume]) {
      await assert.rejects(use(out), /moved\.csv, found the checksum [0-9a-f]{64}, expected [0-9a-f]{64}/);
    }
  });
});

Deno.test("a run without the record of what it began with is not gone on with, nor judged", async () => {
  await inFolder(async (folder) => {
    const data = join(folder, "mine"), out = join(folder, "run");
    await writeSmallFolder(data);
    await trainRidge(out, data);
    const record = await Deno.readTextFile(join(out, "data.json"));
    await Deno.remove(join(out, "data.json"));
    await assert.rejects(resume(out), /data\.json is missing, which says what data the run began with/);
    await assert.rejects(evaluateRun(out), /data\.json is missing/);
    await Deno.writeTextFile(
      join(out, "data.json"),
      record.replace("perturbine data 2", "perturbine data 3"),
    );
    await assert.rejects(
      resume(out),
      /is "perturbine data 3", of a newer version of Perturbine .* "perturbine data 2"/,
    );
  });
});

Deno.test("a run that could not begin is no run: its configuration is written last", async () => {
  await inFolder(async (folder) => {
    const data = join(folder, "mine"), out = join(folder, "run");
    await writeSmallFolder(data);
    // As a full disk in the middle.
    const full = () => Promise.reject(new Error("No space left on device"));
    const config = await configure({ model: "ridge", data });
    await assert.rejects(createRunFolder(out, config, full), /No space left/);
    assert.ok(![...Deno.readDirSync(out)].some(({ name }) => name === "config.json"));
    await assert.rejects(resume(out), /holds no run/);
    await trainRidge(out, data);
  });
});

deviceTest(
  "of a network only the number of epochs may be raised; rows of a ranking run must be those it began with",
  async () => {
    await inFolder(async (folder) => {
      const data = join(folder, "signatures"), out = join(folder, "run"), long = join(folder, "long");
      await writeBadgerFolder(data, {
        simulator: { genes: 160, cells: 6, drugs: 9, decoys: 1 },
        pathwayWidth: 8,
      });
      const config = await configure({
        model: "mlp",
        data,
        split: { rule: "random" },
        reading: { genes: 19 },
        settings: { hidden: 8, stages: [8] },
        training: { epochs: 2, patience: null },
      });
      await train(config, { out });
      const kept = await Deno.readTextFile(join(out, "config.json"));
      for (
        const [fields, edit] of [
          [/training\.batchSize is 3/, (config) => config.training.batchSize = 3],
          [/training\.learningRate is 0\.5/, (config) => config.training.learningRate = 0.5],
          [/settings\.hidden is 9/, (config) => config.settings.hidden = 9],
        ] as [RegExp, (config: Json) => void][]
      ) {
        await editConfig(out, edit);
        await assert.rejects(resume(out), refused(fields));
        await Deno.writeTextFile(join(out, "config.json"), kept);
      }
      await editConfig(out, (config) => config.training.epochs = 1);
      await assert.rejects(resume(out), /2 epochs are done already, and `epochs` is 1 now/);
      await editConfig(out, (config) => config.training.epochs = 4);
      await resume(out);
      await train({ ...config, training: { ...config.training!, epochs: 4 } }, { out: long });
      for (const name of ["checkpoint.safetensors", "predictions.csv"]) {
        assert.deepEqual(await Deno.readFile(join(out, name)), await Deno.readFile(join(long, name)), name);
      }
      const file = [...Deno.readDirSync(data)].find(({ name }) =>
        name.startsWith("chemical_signatures")
      )!.name;
      const [header, ...rows] = (await Deno.readTextFile(join(data, file))).trimEnd().split("\n");
      await Deno.writeTextFile(join(data, file), [header, ...rows.toReversed()].join("\n") + "\n");
      await editConfig(out, (config) => config.training.epochs = 6);
      await assert.rejects(resume(out), /data have changed/);
    });
  },
);
