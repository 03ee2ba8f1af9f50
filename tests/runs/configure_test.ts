import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import type { Dataset } from "../../datasets/dataset.ts";
import { modelNamed, models } from "../../models/registry.ts";
import { configure } from "../../runs/configure.ts";
import { notesFor } from "../../runs/prepare.ts";
import { readConfigFile } from "../../runs/read_config.ts";
import { SettingsError } from "../../runs/errors.ts";

Deno.test("a configuration of any model is read back as it was written, and a wish changes nothing else", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...models),
        fc.nat(1000),
        fc.nat(40),
        async ({ name, presets }, seed, k) => {
          for (const preset of Object.keys(presets)) {
            const config = await configure({ model: name, preset });
            const path = join(folder, "config.json");
            await Deno.writeTextFile(path, JSON.stringify(config));
            assert.deepEqual(await readConfigFile(path), config);
            const epochs = config.training ? { training: { epochs: k + 1 } } : {};
            const changed = await configure({ model: name, base: config, seed, ...epochs });
            assert.equal(changed.seed, seed);
            const training = config.training && { ...changed.training!, epochs: config.training.epochs };
            assert.deepEqual({ ...changed, seed: config.seed, training }, config);
          }
        },
      ),
      { numRuns: 20 },
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a setting that is unknown or cannot be is refused by name", async () => {
  const cases: [Parameters<typeof configure>[0], RegExp][] = [
    [{ model: "csg2a", settings: { colour: 1 } }, /Settings of CSG2A: .*colour/],
    [{ model: "csg2a", settings: { mat: { width: 10, heads: 3 } } }, /multiple of its heads/],
    [{ model: "csg2a", training: { batchSize: 1 } }, /Settings of training: batchSize/],
    [{ model: "csg2a", reading: { distances: "far" } }, /Settings of the profiles layout: distances/],
    [{ model: "csg2a", preset: "smal" }, /CSG2A has no preset "smal"; did you mean small\?/],
    [{ model: "ridge", training: { epochs: 3 } }, /Ridge is fitted in closed form/],
    [{ model: "ridge", split: { rule: "drug-folds", folds: 3, fold: 3 } }, /Fold 3 of 3: expected 0 to 2/],
    [{ model: "ridge", split: { rule: "badger-cells", folds: 4 } }, /badger-cells has 5 folds/],
  ];
  for (const [wish, message] of cases) {
    await assert.rejects(
      configure(wish),
      (error) => error instanceof SettingsError && message.test(error.message),
    );
  }
});

Deno.test("notes on molecules and interactions are for models that look into them", () => {
  const data = { notes: ["simulated"], inputNotes: ["no edges"] } as unknown as Dataset;
  assert.deepEqual(notesFor(modelNamed("csg2a"), data), ["simulated", "no edges"]);
  assert.deepEqual(notesFor(modelNamed("ridge"), data), ["simulated"]);
});
