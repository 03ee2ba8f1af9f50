/** What the tests of the BADGER family on the real sets share (reference-runs.md sections 1, 4 and 5). */
import assert from "node:assert/strict";
import { badgerBaselines } from "../../datasets/badger/badger_baselines.ts";
import { readBadgerFolder } from "../../datasets/badger/read_badger_folder.ts";
import { selectBadgerGenes } from "../../datasets/badger/select_badger.ts";
import { hashSplitOfBadger } from "../../datasets/badger/split_badger.ts";
import { type BadgerData, prepareBadgerFolder, type Split } from "../../datasets/mod.ts";
import { selectMatrixRows } from "../../datasets/readers/select_rows.ts";
import { shuffledBatches } from "../../datasets/splits/shuffled_batches.ts";
import type { TrainingTask } from "../../models/training_task.ts";
import { sharedFolder } from "../shared_folder.ts";
import { signatureFigures } from "../support/score_rows.ts";

const sets = {
  U: { file: "a375_24h", doses: ["3.33 um", "10 um"], by: "drug" },
  V: { file: "modz65cells", doses: undefined, by: "cell" },
} as const;

/** One of the sets. */
export type ReferenceSet = keyof typeof sets;

/** A set on its first `genes` genes by symbol, and split 0. */
export async function referenceSet(
  name: ReferenceSet,
  genes: number,
): Promise<{ data: BadgerData; split: Split }> {
  const source = (file: string) => new URL(`data/badger-format/${file}.csv`, sharedFolder).pathname;
  const { file, doses, by } = sets[name];
  const output = await Deno.makeTempDir();
  try {
    await prepareBadgerFolder({
      output,
      signatures: [source(`chemical_signatures_${file}`)],
      otherColumns: ["pert_type", "n_rep"],
      smiles: source("drug_smiles"),
      cellSimilarity: source("cell_embeddings_similarity"),
      geneVectors: source("gene_vector_128"),
      targets: source("drug_target_information"),
      minTas: null,
      requireQc: false,
      doses,
      skipBad: true,
    });
    const all = await readBadgerFolder(output);
    const data = selectBadgerGenes(all, all.genes.slice(0, genes));
    return { data, split: hashSplitOfBadger(data, by, 0) };
  } finally {
    await Deno.remove(output, { recursive: true });
  }
}

/** The four figures of the tables. */
export const figureNames = ["row Pearson", "RMSE", "NDCG up", "NDCG down"] as const;

/** Row Pearson, RMSE, NDCG up and down of a prediction of the test rows. */
export function figuresOf(
  { labels, genes }: BadgerData,
  { test }: Split,
  prediction: Float32Array,
): number[] {
  const truth = selectMatrixRows(labels, genes.length, test);
  return signatureFigures(prediction, truth, genes.length);
}

/** Trains with batches of 32 at 1e-3 and looks at the test rows after the given epochs. */
export async function figuresAt(
  task: TrainingTask,
  { data, split }: { data: BadgerData; split: Split },
  seed: number,
  epochs: readonly number[],
): Promise<number[][]> {
  const found: number[][] = [];
  let step = 0;
  for (let epoch = 0; epoch < Math.max(...epochs); epoch++) {
    for (const rows of shuffledBatches(split.train, 32, seed, epoch)) {
      await task.step(rows, { step: step++, learningRate: 1e-3 });
    }
    await task.readLosses();
    if (epochs.includes(epoch + 1)) found.push(figuresOf(data, split, await task.predict(split.test)));
  }
  return found;
}

/** Mean and sample standard deviation. */
export function moments(values: readonly number[]): { mean: number; deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / (values.length - 1)) };
}

/** The rule of section 5: two reference deviations plus two standard errors of our own mean. */
export function assertInBand(
  label: string,
  values: readonly number[],
  [reference, deviation]: readonly [number, number],
): void {
  const own = moments(values);
  const band = 2 * deviation + 2 * own.deviation / Math.sqrt(values.length);
  const line =
    `${label}: ${own.mean.toFixed(3)} ± ${own.deviation.toFixed(3)} over ${values.length} seeds, reference ` +
    `${reference} ± ${deviation}, band ± ${band.toFixed(3)}`;
  console.log(line);
  assert(Math.abs(own.mean - reference) <= band, line);
}

/** Prints all free baselines; returns their figures by name. */
export function printBaselines(
  label: string,
  { data, split }: { data: BadgerData; split: Split },
): Map<string, number[]> {
  console.log(`${label}: ${figureNames.join(" / ")} of the free baselines`);
  return new Map(
    badgerBaselines(data, split).map(({ name, prediction }) => {
      const figures = figuresOf(data, split, prediction);
      console.log(`  ${name.padEnd(20)} ${figures.map((figure) => figure.toFixed(3)).join(" / ")}`);
      return [name, figures];
    }),
  );
}
