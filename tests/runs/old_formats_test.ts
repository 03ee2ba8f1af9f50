import assert from "node:assert/strict";
import { join } from "node:path";
import { layoutNamed } from "../../datasets/layouts/mod.ts";
import { configure, evaluateRun, readConfig, train } from "../../runs/mod.ts";
import { deviceTest } from "../support/gpu_test.ts";
import { inFolder, small, writeSmallFolder } from "./small_run.ts";

deviceTest("a run of CSG2A's first format opens and scores as it did", async () => {
  await inFolder(async (folder) => {
    const data = join(folder, "mine"), out = join(folder, "run");
    await writeSmallFolder(data);
    const config = await configure({
      model: "csg2a",
      data,
      reading: { ppi: "identity" },
      identity: "canonical",
      split: { rule: "drug-blind", number: 1 },
      settings: { hiddenWidth: 7, mat: { width: 8, layers: 1, heads: 2 } },
      training: { epochs: 1, batchSize: 16 },
      seed: 5,
    });
    const { report } = await train(config, { out });
    const { learningRate, weightDecay, clipNorm, schedule, readEvery, saveEvery, patience } = config
      .training!;
    await Deno.writeTextFile(
      join(out, "config.json"),
      JSON.stringify({
        format: "perturbine run 1",
        family: "csg2a",
        stage: "pretraining",
        preset: "small",
        from: null,
        data: { source: "folder", folder: data },
        ppi: { edges: null, identity: true },
        molecules: { distances: "rule", conformers: null, skipBad: false, drug: "intact" },
        split: { kind: "blind", number: 1 },
        model: {
          variant: "rowsum",
          hiddenWidth: 7,
          mat: { width: 8, layers: 1, heads: 2 },
          dropout: 0.1,
          cceDropout: 0.1,
          plainLinear: false,
          headInput: "raw",
          frozen: true,
          frozenMode: "train",
        },
        training: {
          epochs: 1,
          patience,
          batchSize: 16,
          seed: 5,
          learningRate,
          weightDecay,
          clipNorm,
          schedule,
          readEvery,
          saveEvery,
        },
      }),
    );
    for (const name of ["data.json", "split.json", "results.json"]) await Deno.remove(join(out, name));
    const read = await readConfig(out);
    // Settings of the layout that are newer than the format have their defaults when it is read.
    assert.deepEqual({ ...read, reading: layoutNamed(read.layout).settings.parse(read.reading) }, config);
    const again = await evaluateRun(out);
    assert.deepEqual(again.predictions, report.predictions);
  });
});

deviceTest("a run of the rankers' first format opens and scores as it did", async () => {
  await inFolder(async (folder) => {
    const out = join(folder, "run");
    const config = await configure({
      model: "mlp",
      data: { source: "simulator", options: { ...small, drugs: 9 } },
      identity: "canonical",
      reading: { genes: 19, minTas: "off", requireQc: false },
      split: { rule: "random", number: 2 },
      settings: { hidden: 8, stages: [8] },
      training: { epochs: 2, patience: null },
    });
    const { report } = await train(config, { out });
    const { schedule: _, ...training } = config.training!;
    const { loss, ...model } = config.settings;
    await Deno.writeTextFile(
      join(out, "config.json"),
      JSON.stringify({
        format: "perturbine ranking run 1",
        session: "mlp",
        data: config.data,
        reading: { ...config.reading, drug: "intact" },
        split: { kind: "random", number: 2 },
        model: { family: "mlp", ...model },
        loss: { main: loss, mainWeight: 1, pathwayWeight: 0, geneAttentionWeight: 0, spreadoutWeight: 0 },
        training: { ...training, seed: config.seed },
      }),
    );
    for (const name of ["data.json", "split.json", "results.json"]) await Deno.remove(join(out, name));
    const again = await evaluateRun(out);
    assert.deepEqual(again.predictions, report.predictions);
  });
});
