/**
 * BADGER, BADGER light and CIGER trained on the real signatures land where the original PyTorch code lands
 * (reference-runs.md section 5): B1 and B2 on set V, B3 on set U, split 0, three seeds, fixed epochs, last state.
 *
 * Twenty epochs of B1 and B2 in any case; PERTURBINE_LONG_TESTS=1 adds their sixty, and B3.
 * PERTURBINE_REFERENCE_RUNS=B1,B3 chooses among them.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { badgerBaselines } from "../../datasets/badger/badger_baselines.ts";
import {
  prepareBadgerFolder,
  type PrepareBadgerOptions,
} from "../../datasets/badger/prepare_badger_folder.ts";
import { readBadgerFolder } from "../../datasets/badger/read_badger_folder.ts";
import { hashSplitOfBadger } from "../../datasets/badger/split_badger.ts";
import { meanPearsonPerRow, rootMeanSquaredError } from "../../datasets/metrics/metrics.ts";
import { ndcg } from "../../datasets/metrics/ranking.ts";
import { selectMatrixRows } from "../../datasets/readers/select_rows.ts";
import { shuffledBatches } from "../../datasets/splits/shuffled_batches.ts";
import { Engine } from "../../engine/mod.ts";
import { badgerTask } from "../../models/badger/open.ts";
import { cigerTask } from "../../models/ciger/model.ts";
import type { Dataset } from "../../datasets/dataset.ts";
import type { BadgerData } from "../../datasets/badger/types.ts";
import type { OpenOptions } from "../../models/model.ts";
import { modelNamed } from "../../models/registry.ts";
import { sharedFolder, sharedTest } from "../shared_folder.ts";

const genes = 128, seeds = [0, 1, 2];
const chosen = Deno.env.get("PERTURBINE_REFERENCE_RUNS")?.split(",");
const long = Deno.env.get("PERTURBINE_LONG_TESTS") === "1";

type Metric = "pearson" | "rmse" | "ndcgDown";
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
      ...(long ? [[60, { pearson: [0.217, 0.021], rmse: [0.941, 0.008] }] as [number, Band]] : []),
    ]),
  },
  {
    id: "B2",
    family: "badger-light",
    set: "V",
    hidden: 32,
    bands: new Map<number, Band>([
      [20, { pearson: [0.133, 0.026], rmse: [0.968, 0.003] }],
      ...(long ? [[60, { pearson: [0.210, 0.007], rmse: [0.948, 0.005] }] as [number, Band]] : []),
    ]),
  },
  ...(long
    ? [{
      id: "B3",
      family: "ciger" as const,
      set: "U" as const,
      hidden: 128,
      bands: new Map<number, Band>([
        [1, { pearson: [0.232, 0.005], ndcgDown: [0.630, 0.011] }],
        [10, { pearson: [0.289, 0.004], ndcgDown: [0.659, 0.001] }],
        [20, { pearson: [0.293, 0.007], ndcgDown: [0.656, 0.002] }],
      ]),
    }]
    : []),
];

function preparation(set: "V" | "U", output: string): PrepareBadgerOptions {
  const file = (name: string) => new URL(`data/badger-format/${name}`, sharedFolder).pathname;
  return {
    output,
    signatures: [file(`chemical_signatures_${set === "V" ? "modz65cells" : "a375_24h"}.csv`)],
    otherColumns: ["pert_type", "n_rep"],
    smiles: file("drug_smiles.csv"),
    cellSimilarity: file("cell_embeddings_similarity.csv"),
    geneVectors: file("gene_vector_128.csv"),
    targets: file("drug_target_information.csv"),
    minTas: null,
    requireQc: false,
    skipBad: true,
    ...(set === "U" ? { doses: ["3.33 um", "10 um"] } : {}),
  };
}

async function readSet(set: "V" | "U") {
  const parent = await Deno.makeTempDir();
  try {
    const folder = join(parent, set);
    await prepareBadgerFolder(preparation(set, folder));
    return await readBadgerFolder(folder, { genes });
  } finally {
    await Deno.remove(parent, { recursive: true });
  }
}

function moments(values: readonly number[]): { mean: number; deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / (values.length - 1)) };
}

/** Trains one seed and scores it after chosen epochs. @returns the mean loss of the first epoch */
async function trainSeed(
  engine: Engine,
  { family, hidden }: Pick<ReferenceRun, "family" | "hidden">,
  { data, split }: { data: Awaited<ReturnType<typeof readSet>>; split: ReturnType<typeof hashSplitOfBadger> },
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

const score: Readonly<Record<Metric, (prediction: Float32Array, truth: Float32Array) => number>> = {
  pearson: (prediction, truth) => meanPearsonPerRow(prediction, truth, genes),
  rmse: rootMeanSquaredError,
  ndcgDown(prediction, truth) {
    let sum = 0;
    for (let at = 0; at < truth.length; at += genes) {
      const negative = (values: Float32Array) => values.subarray(at, at + genes).map((value) => -value);
      sum += ndcg(negative(prediction), negative(truth));
    }
    return sum / (truth.length / genes);
  },
};

sharedTest(
  "data/badger-format",
  "the BADGER models trained on the real signatures land in the bands of the original code",
  async (t) => {
    const engine = await Engine.open(navigator.gpu);
    console.log(`on ${engine.device.description}`);
    // BADGER's B1 takes minutes there; its ablation B2 goes through the same operations.
    const short = /swiftshader/i.test(engine.device.description) && !long && !chosen;
    if (short) console.log("skipped B1 on SwiftShader; PERTURBINE_LONG_TESTS=1 runs it");
    for (const run of runs.filter(({ id }) => chosen?.includes(id) ?? !(short && id === "B1"))) {
      await t.step(`${run.id}: ${run.family} on set ${run.set}`, async () => {
        const read = await readSet(run.set);
        // The original's gene table has the 1107 columns of its GO features; noise overwrites what they hold, but how wide it
        // is decides how soon the mean profile is learnt (128 columns: Pearson .09 instead of .2 after one epoch).
        const data = run.family === "ciger"
          ? {
            ...read,
            geneTable: { ...read.geneTable!, width: 1107, values: new Float32Array(genes * 1107) },
          }
          : read;
        const split = hashSplitOfBadger(data, run.set === "V" ? "cell" : "drug", 0);
        const rows = [split.train.length, split.validation.length, split.test.length];
        const check = split.test.reduce((sum, row) => sum + row, 0);
        assert.deepEqual([...rows, check], run.set === "V" ? [114, 4, 53, 4660] : [71, 8, 18, 929]);
        const truth = selectMatrixRows(data.labels, genes, split.test);
        for (const { name, prediction } of badgerBaselines(data, split)) {
          const [pearson, rmse] = [score.pearson(prediction, truth), score.rmse(prediction, truth)];
          console.log(`${run.id} ${name}: Pearson ${pearson.toFixed(3)}, RMSE ${rmse.toFixed(3)}`);
        }
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
              for (const [metric, of] of Object.entries(score)) {
                const key = `${metric} after ${epoch}`;
                found.set(key, [...found.get(key) ?? [], of(prediction, truth)]);
              }
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
        for (const [epoch, band] of run.bands) {
          for (const [metric, [reference, spread]] of Object.entries(band)) {
            const own = moments(found.get(`${metric} after ${epoch}`)!);
            // Section 5: two reference deviations and two standard errors of our own mean.
            const width = 2 * spread + 2 * own.deviation / Math.sqrt(seeds.length);
            const line =
              `${run.id} epoch ${epoch} ${metric}: ${own.mean.toFixed(3)} ± ${own.deviation.toFixed(3)}, ` +
              `reference ${reference} ± ${spread}, band ± ${width.toFixed(3)}`;
            console.log(line);
            assert(Math.abs(own.mean - reference) <= width, line);
          }
        }
        if (long && run.set === "V") {
          // Section 6, bar 4: on this split, above the training mean in both metrics.
          const at60 = (metric: Metric) => moments(found.get(`${metric} after 60`)!).mean;
          assert(at60("pearson") > 0.188 && at60("rmse") < 0.963);
        }
        if (run.family !== "ciger") {
          const options = { seed: 0, epochs: 20, setNorm: "deviation" as const };
          let line = "";
          const first = await trainSeed(engine, run, { data, split }, options, (epoch, prediction) => {
            line += `, Pearson ${score.pearson(prediction, truth).toFixed(3)} RMSE ${
              score.rmse(prediction, truth).toFixed(3)
            } after ${epoch}`;
          });
          console.log(
            `${run.id} with SetNorm by deviation: first epoch's loss ${first.toPrecision(4)}${line}`,
          );
        }
      });
    }
    engine.dispose();
  },
);
