/**
 * In the long form of the tests: BADGER, BADGER light and CIGER trained on the real signatures land where the original PyTorch code lands
 * (reference-runs.md section 5): B1 and B2 on set V, B3 on set U, split 0, three seeds, fixed epochs, last state.
 *
 * Sixty epochs of B1 and B2, B3, and what SetNorm by deviation, for which there is no reference, would give.
 * PERTURBINE_REFERENCE_RUNS=B1,B3 chooses among them.
 */
import assert from "node:assert/strict";
import { shuffledBatches } from "../../datasets/splits/shuffled_batches.ts";
import { Engine } from "../../engine/mod.ts";
import { badgerTask } from "../../models/badger/open.ts";
import { cigerTask } from "../../models/ciger/model.ts";
import type { Dataset } from "../../datasets/dataset.ts";
import type { BadgerData } from "../../datasets/badger/types.ts";
import type { OpenOptions } from "../../models/model.ts";
import { modelNamed } from "../../models/registry.ts";
import { sharedTest } from "../shared_folder.ts";
import {
  assertInBand,
  figuresOf,
  moments,
  printBaselines,
  type Reference,
  referenceSet,
} from "./badger_reference.ts";

const genes = 128;
const chosen = Deno.env.get("PERTURBINE_REFERENCE_RUNS")?.split(",");

/** In the order of the figures. */
const metrics = ["pearson", "rmse", "ndcgUp", "ndcgDown"] as const;
type Metric = typeof metrics[number];
type Band = Partial<Record<Metric, readonly [mean: number, deviation: number]>>;

interface ReferenceRun {
  readonly id: string;
  readonly family: "badger" | "badger-light" | "ciger";
  readonly set: "V" | "U";
  readonly hidden: number;
  /** Epoch -> bands of the original code. */
  readonly bands: ReadonlyMap<number, Band>;
}

const runs: readonly ReferenceRun[] = [
  {
    id: "B1",
    family: "badger",
    set: "V",
    hidden: 32,
    bands: new Map<number, Band>([
      [20, { pearson: [0.159, 0.020], rmse: [0.963, 0.004] }],
      [60, { pearson: [0.217, 0.021], rmse: [0.941, 0.008] }],
    ]),
  },
  {
    id: "B2",
    family: "badger-light",
    set: "V",
    hidden: 32,
    bands: new Map<number, Band>([
      [20, { pearson: [0.133, 0.026], rmse: [0.968, 0.003] }],
      [60, { pearson: [0.210, 0.007], rmse: [0.948, 0.005] }],
    ]),
  },
  {
    id: "B3",
    family: "ciger",
    set: "U",
    hidden: 128,
    bands: new Map<number, Band>([
      [1, { pearson: [0.232, 0.005], ndcgDown: [0.630, 0.011] }],
      [10, { pearson: [0.289, 0.004], ndcgDown: [0.659, 0.001] }],
      [20, { pearson: [0.293, 0.007], ndcgDown: [0.656, 0.002] }],
    ]),
  },
];

/** Trains one seed and scores it after chosen epochs. @returns the mean loss of the first epoch */
async function trainSeed(
  engine: Engine,
  { family, hidden }: Pick<ReferenceRun, "family" | "hidden">,
  { data, split }: Pick<Reference, "data" | "split">,
  { seed, epochs, setNorm }: { seed: number; epochs: number; setNorm?: "variance" | "deviation" },
  each: (epoch: number, prediction: Float32Array) => void,
): Promise<number> {
  const badger = family === "badger" || family === "badger-light";
  const { settings, training } = modelNamed(family).presets.released;
  // deno-lint-ignore no-explicit-any
  const options: OpenOptions<any, BadgerData> = {
    // A training task looks at the inputs alone.
    data: { inputs: data } as Dataset<BadgerData>,
    split,
    settings: { ...settings, hidden, ...(badger && setNorm ? { setNorm } : {}) },
    training: { ...training!, learningRate: 1e-3 },
    seed,
    engine: () => Promise.resolve(engine),
  };
  const task = family === "ciger"
    ? await cigerTask(options)
    : await badgerTask(options, family === "badger-light");
  let step = 0, first = NaN;
  for (let epoch = 0; epoch < epochs; epoch++) {
    for (const batch of shuffledBatches(split.train, 32, seed, epoch)) {
      await task.step(batch, { step: step++, learningRate: 1e-3 });
    }
    const losses = await task.readLosses();
    if (epoch === 0) first = losses.reduce((sum, { loss }) => sum + loss, 0) / losses.length;
    if ([1, 10, 20, 40, 60].includes(epoch + 1)) each(epoch + 1, await task.predict(split.test));
  }
  task.dispose();
  return first;
}

sharedTest(
  "data/badger-format",
  "the BADGER models trained on the real signatures land in the bands of the original code",
  async (t) => {
    const engine = await Engine.open(navigator.gpu);
    console.log(`on ${engine.device.description}`);
    // Of two seeds the spread, and with it the band, is a matter of luck.
    const seeds = [0, 1, 2];
    for (const run of runs.filter(({ id }) => chosen?.includes(id) ?? true)) {
      await t.step(`${run.id}: ${run.family} on set ${run.set}`, async () => {
        const { table, data: read, split } = await referenceSet(run.set, genes);
        // The original's gene table has the 1107 columns of its GO features; noise overwrites what they hold, but how wide it
        // is decides how soon the mean profile is learnt (128 columns: Pearson .09 instead of .2 after one epoch).
        const data = run.family === "ciger"
          ? {
            ...read,
            geneTable: { ...read.geneTable!, width: 1107, values: new Float32Array(genes * 1107) },
          }
          : read;
        const rows = [split.train.length, split.validation.length, split.test.length];
        const check = split.test.reduce((sum, row) => sum + row, 0);
        assert.deepEqual([...rows, check], run.set === "V" ? [114, 4, 53, 4660] : [71, 8, 18, 929]);
        await printBaselines(run.id, { table, data: read, split });
        const found = new Map<string, number[]>();
        const firstLosses: number[] = [];
        const epochs = Math.max(...run.bands.keys());
        for (const seed of seeds) {
          const first = await trainSeed(
            engine,
            run,
            { data, split },
            { seed, epochs },
            (epoch, prediction) => {
              figuresOf(table, split, prediction).forEach((figure, k) => {
                const key = `${metrics[k]} after ${epoch}`;
                found.set(key, [...found.get(key) ?? [], figure]);
              });
            },
          );
          firstLosses.push(first);
        }
        console.log(
          `${run.id} loss of the first epoch: ${firstLosses.map((loss) => loss.toPrecision(4)).join(", ")}`,
        );
        for (const [key, values] of found) {
          const { mean, deviation } = moments(values);
          console.log(`${run.id} ${key}: ${mean.toFixed(3)} ± ${deviation.toFixed(3)}`);
        }
        for (const [epoch, bands] of run.bands) {
          for (const [metric, band] of Object.entries(bands)) {
            assertInBand(`${run.id} epoch ${epoch} ${metric}`, found.get(`${metric} after ${epoch}`)!, band);
          }
        }
        if (run.set === "V") {
          // Section 6, bar 4: on this split, above the training mean in both metrics.
          const at60 = (metric: Metric) => moments(found.get(`${metric} after 60`)!).mean;
          assert(at60("pearson") > 0.188 && at60("rmse") < 0.963);
        }
        if (run.family !== "ciger") {
          const options = { seed: 0, epochs: 20, setNorm: "deviation" as const };
          let line = "";
          const first = await trainSeed(engine, run, { data, split }, options, (epoch, prediction) => {
            const [pearson, rmse] = figuresOf(table, split, prediction);
            line += `, Pearson ${pearson.toFixed(3)} RMSE ${rmse.toFixed(3)} after ${epoch}`;
          });
          console.log(
            `${run.id} with SetNorm by deviation: first epoch's loss ${first.toPrecision(4)}${line}`,
          );
        }
      });
    }
    engine.dispose();
  },
  "long",
);
