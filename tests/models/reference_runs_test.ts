/**
 * Training on the real slices lands where the original PyTorch code lands (reference-runs.md section 5): configurations
 * C1 to C4 and F1, three seeds each, fixed epochs, last state (F1: best validation epoch). Without PERTURBINE_LONG_TESTS=1
 * ten epochs of C1 and two seeds.
 */
import assert from "node:assert/strict";
import type { Dataset } from "../../datasets/dataset.ts";
import type { ProfileInputs } from "../../datasets/layouts/basal_profiles/inputs.ts";
import { layoutNamed } from "../../datasets/layouts/mod.ts";
import { hashSplit } from "../../datasets/splits/hash_split.ts";
import { meanSquaredError, pearsonPooled } from "../../datasets/metrics/metrics.ts";
import { metricOf } from "../../datasets/metrics/registry.ts";
import { shuffledBatches } from "../../datasets/splits/shuffled_batches.ts";
import { Engine } from "../../engine/mod.ts";
import { learningRateAt, type Schedule } from "../../models/schedule.ts";
import { type Csg2aConfig, releasedHeadWidths } from "../../models/csg2a/sizes.ts";
import { Csg2aTask } from "../../models/csg2a/task.ts";
import { taskData } from "../../models/csg2a/task_data.ts";
import { sharedFolder, sharedTest } from "../shared_folder.ts";
import { assertInBand } from "./badger_reference.ts";
import { longTests } from "../support/long_tests.ts";
import { scoreRows } from "../support/score_rows.ts";
import { fitBaseline } from "./fit_baseline.ts";

const sharedPath = (path: string): string => new URL(path, sharedFolder).pathname;

const seeds = longTests ? [0, 1, 2] : [0, 1];
const batchSize = 128;

const model = (variant: "rowsum" | "matmul", genes: number): Csg2aConfig => ({
  genes,
  headWidths: releasedHeadWidths,
  variant,
  hiddenWidth: 64,
  mat: { width: 64, layers: 2, heads: 4 },
  dropout: 0.1,
  cceDropout: 0.1,
  plainLinear: false,
  headInput: "raw",
  frozen: true,
  frozenMode: "train",
});

async function trained(
  task: Csg2aTask,
  rows: Uint32Array,
  seed: number,
  epochs: number,
  schedule: Schedule,
  each: (epoch: number) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  let step = 0;
  for (let epoch = 0; epoch < epochs; epoch++) {
    for (const batch of shuffledBatches(rows, batchSize, seed, epoch)) {
      await task.step(batch, { step: step++, learningRate: learningRateAt(schedule, epoch) });
    }
    await task.readLosses();
    await each(epoch + 1);
  }
}

async function read(layout: "profiles" | "response", name: string) {
  const { read, settings } = layoutNamed(layout);
  const reading = settings.parse({ distances: "path", ppi: sharedPath("data/csg2a/STRING_edges.csv") });
  // Drugs as they are spelled: the reference knows no other identity.
  const data: Dataset<ProfileInputs> = await read(sharedPath(`data/csg2a-format/${name}`), reading, {
    identity: "spelling",
  });
  return { data, split: hashSplit({ rows: data.rows, kind: "random", split: 0 }) };
}

function pretraining(
  engine: Engine,
  data: Dataset<ProfileInputs>,
  variant: "rowsum" | "matmul",
  seed: number,
): Csg2aTask {
  return new Csg2aTask(engine, {
    stage: "pretraining",
    model: model(variant, data.inputs.genes.length),
    training: { seed, weightDecay: 0, clipNorm: null, batchSize },
    data: taskData(data),
  });
}

/** Test MSE and Pearson of every seed after chosen epochs: [epoch, [mean, deviation] of MSE, pooled, row]. */
type Bands = readonly {
  readonly epoch: number;
  readonly mse: readonly [number, number];
  readonly pooled?: readonly [number, number];
  readonly row?: readonly [number, number];
}[];

const configurations: readonly { id: string; slice: string; variant: "rowsum" | "matmul"; bands: Bands }[] = [
  {
    id: "C1",
    slice: "skbr3",
    variant: "rowsum",
    bands: [
      { epoch: 1, mse: [4.716, 0.012] },
      { epoch: 10, mse: [4.284, 0.051], pooled: [0.265, 0.019], row: [0.206, 0.008] },
      { epoch: 20, mse: [4.218, 0.060], pooled: [0.313, 0.016], row: [0.234, 0.007] },
    ],
  },
  {
    id: "C2",
    slice: "skbr3",
    variant: "matmul",
    bands: [
      { epoch: 1, mse: [4.683, 0.019] },
      { epoch: 10, mse: [4.258, 0.029], pooled: [0.275, 0.011], row: [0.220, 0.006] },
      { epoch: 20, mse: [4.206, 0.042], pooled: [0.319, 0.011], row: [0.247, 0.007] },
    ],
  },
  {
    id: "C3",
    slice: "a375_24h",
    variant: "rowsum",
    bands: [
      { epoch: 1, mse: [3.758, 0.009] },
      { epoch: 10, mse: [3.565, 0.012], pooled: [0.193, 0.004], row: [0.158, 0.003] },
      { epoch: 20, mse: [3.700, 0.035], pooled: [0.178, 0.005], row: [0.149, 0.005] },
    ],
  },
  {
    id: "C4",
    slice: "a375_24h",
    variant: "matmul",
    bands: [
      { epoch: 1, mse: [3.675, 0.010] },
      { epoch: 10, mse: [3.605, 0.012] },
      { epoch: 20, mse: [3.704, 0.007] },
    ],
  },
];

sharedTest(
  ["data/csg2a-format/skbr3", "data/csg2a/STRING_edges.csv"],
  "CSG2A trained on the real slices lands in the bands of the original code",
  async (t) => {
    const engine = await Engine.open(navigator.gpu);
    console.log(`on ${engine.device.description}`);
    for (const { id, slice: name, variant, bands: all } of configurations) {
      if (!longTests && id !== "C1") {
        console.log(`skipped ${id}; PERTURBINE_LONG_TESTS=1 runs it`);
        continue;
      }
      const bands = all.filter(({ epoch }) => longTests || epoch <= 10);
      await t.step(`${id}: ${variant} on ${name}`, async () => {
        const { data, split } = await read("profiles", name);
        const truth = data.truth!.take(split.test), { columns } = data.truth!;
        const scores = bands.map(() => ({
          mse: [] as number[],
          pooled: [] as number[],
          row: [] as number[],
        }));
        for (const seed of seeds) {
          const task = pretraining(engine, data, variant, seed);
          await trained(
            task,
            split.train,
            seed,
            bands.at(-1)!.epoch,
            { kind: "constant", learningRate: 1e-3 },
            async (epoch) => {
              const k = bands.findIndex((band) => band.epoch === epoch);
              if (k < 0) return;
              const prediction = await task.predict(split.test);
              scores[k].mse.push(meanSquaredError(prediction, truth));
              scores[k].pooled.push(pearsonPooled(prediction, truth));
              scores[k].row.push(scoreRows(metricOf("pearson"), prediction, truth, columns));
            },
          );
          task.dispose();
        }
        bands.forEach(({ epoch, ...wanted }, k) => {
          for (const metric of ["mse", "pooled", "row"] as const) {
            const band = wanted[metric];
            if (band) assertInBand(`${id} epoch ${epoch} ${metric}`, scores[k][metric], band);
          }
        });
        const last = scores.at(-1)!.mse;
        for (const baseline of ["no-change", "zero", "training-mean", "cell-mean", "drug-mean"]) {
          const { prediction } = await fitBaseline(baseline, data, split);
          const error = meanSquaredError(prediction, truth);
          console.log(`${id} ${baseline}: test MSE ${error.toFixed(2)}`);
          // C1 and C2 must be below every free mean baseline; C3 and C4 are not (reference-runs.md 2.2).
          if (name === "skbr3") {
            assert(last.every((mse) => mse < error), `${id}: ${last} against ${baseline} ${error}`);
          }
        }
        if (id === "C3") {
          const zero = truth.reduce((sum, value) => sum + value * value, 0) / truth.length;
          assert(
            scores[1].mse.every((mse) => mse < zero),
            `${id} at epoch 10 is not below predicting zero, ${zero}`,
          );
        }
      });
    }
    if (!longTests) console.log("skipped F1; PERTURBINE_LONG_TESTS=1 runs it");
    else {await t.step("F1: fine-tuning on the GDSC sample", async () => {
        const source = await read("profiles", "skbr3");
        const pretrained = pretraining(engine, source.data, "rowsum", 0);
        await trained(pretrained, source.split.train, 0, 15, { kind: "constant", learningRate: 1e-3 });
        const transferred = new Map(
          [...await pretrained.parameters()].map(([key, tensor]) => [`CSG2A.${key}`, tensor]),
        );
        pretrained.dispose();
        const { data, split } = await read("response", "gdsc_finetune");
        const truth = data.truth!.take(split.test), validation = data.truth!.take(split.validation);
        const scores = { rmse: [] as number[], pearson: [] as number[] };
        for (const seed of seeds) {
          const task = new Csg2aTask(engine, {
            stage: "finetuning",
            model: model("rowsum", data.inputs.genes.length),
            training: { seed, weightDecay: 1e-5, clipNorm: null, batchSize },
            data: taskData(data),
          });
          task.restore(new Map([...await task.parameters(), ...transferred]));
          let best = Infinity, chosen = new Float32Array();
          const schedule = { kind: "cosine", learningRate: 1e-3, floor: 1e-4, epochs: 20 } as const;
          await trained(task, split.train, seed, 30, schedule, async () => {
            const error = meanSquaredError(await task.predict(split.validation), validation);
            if (error > best) return;
            best = error;
            chosen = await task.predict(split.test);
          });
          scores.rmse.push(Math.sqrt(meanSquaredError(chosen, truth)));
          scores.pearson.push(pearsonPooled(chosen, truth));
          task.dispose();
        }
        assertInBand("F1 RMSE", scores.rmse, [2.29, 0.08]);
        assertInBand("F1 pooled Pearson", scores.pearson, [0.73, 0.01]);
        for (const name of ["training-mean", "drug-mean", "cell-mean", "additive"]) {
          const { prediction } = await fitBaseline(name, data, split);
          const error = Math.sqrt(meanSquaredError(prediction, truth));
          console.log(`F1 ${name}: test RMSE ${error.toFixed(2)}`);
          if (name === "training-mean") assert(scores.rmse.every((rmse) => rmse < error));
        }
      });}
    engine.dispose();
  },
);
