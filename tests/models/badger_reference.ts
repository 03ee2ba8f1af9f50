/** What tests of models of signatures on the real sets share (reference-runs.md sections 1, 4 and 5). */
import assert from "node:assert/strict";
import { prepareBadgerFolder } from "../../datasets/badger/prepare_badger_folder.ts";
import type { BadgerData } from "../../datasets/badger/types.ts";
import type { Dataset } from "../../datasets/dataset.ts";
import { signatures } from "../../datasets/layouts/signatures/signatures.ts";
import { makeSplit } from "../../datasets/splits/make_split.ts";
import { shuffledBatches } from "../../datasets/splits/shuffled_batches.ts";
import type { Split } from "../../datasets/types.ts";
import { freeBaselines } from "../../models/registry.ts";
import type { TrainingTask } from "../../models/training_task.ts";
import { sharedFolder } from "../shared_folder.ts";
import { signatureFigures } from "../support/score_rows.ts";
import { fitBaseline } from "./fit_baseline.ts";

const sets = {
  U: { file: "a375_24h", doses: ["3.33 um", "10 um"], by: "drug" },
  V: { file: "modz65cells", doses: undefined, by: "cell" },
  W: { file: "ht115_6h", doses: undefined, by: "drug" },
} as const;

/** One of the sets. */
export type ReferenceSet = keyof typeof sets;

/** A set, prepared as `prepare badger` does; on its first `genes` genes by symbol, or all. */
export async function readSet(name: ReferenceSet, genes: number | null = null): Promise<Dataset<BadgerData>> {
  const source = (file: string) => new URL(`data/badger-format/${file}.csv`, sharedFolder).pathname;
  const { file, doses } = sets[name];
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
    return await signatures.read(output, signatures.settings.parse({ genes }), { identity: "parent" });
  } finally {
    await Deno.remove(output, { recursive: true });
  }
}

/** What the reference holds out of a set: drugs, or for V cell lines. */
export function splitOf(name: ReferenceSet, data: Dataset, number: number): Promise<Split> {
  return makeSplit({ rule: `${sets[name].by}-blind`, number }, data);
}

/** A set and its split 0. */
export interface Reference {
  readonly table: Dataset<BadgerData>;
  /** The inputs of the table. */
  readonly data: BadgerData;
  readonly split: Split;
}

/** A set on its first `genes` genes, and split 0. */
export async function referenceSet(name: ReferenceSet, genes: number): Promise<Reference> {
  const table = await readSet(name, genes);
  return { table, data: table.inputs, split: await splitOf(name, table, 0) };
}

/** The four figures of the tables. */
export const figureNames = ["row Pearson", "RMSE", "NDCG up", "NDCG down"] as const;

/** Row Pearson, RMSE, NDCG up and down of a prediction of the test rows. */
export function figuresOf(
  { truth, outputs }: Dataset,
  { test }: Split,
  prediction: Float32Array,
): number[] {
  return signatureFigures(prediction, truth!.take(test), outputs.names.length);
}

/** Trains with batches of 32 at 1e-3 and looks at the test rows after the given epochs. */
export async function figuresAt(
  task: TrainingTask,
  { table, split }: Reference,
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
    if (epochs.includes(epoch + 1)) found.push(figuresOf(table, split, await task.predict(split.test)));
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

/** Prints the free baselines, the negative control among them; returns their figures by name. */
export async function printBaselines(
  label: string,
  { table, split }: Reference,
): Promise<Map<string, number[]>> {
  console.log(`${label}: ${figureNames.join(" / ")} of the free baselines`);
  const found = new Map<string, number[]>();
  for (const { name } of freeBaselines(table)) {
    const { prediction } = await fitBaseline(name, table, split);
    const figures = figuresOf(table, split, prediction);
    console.log(`  ${name.padEnd(20)} ${figures.map((figure) => figure.toFixed(3)).join(" / ")}`);
    found.set(name, figures);
  }
  return found;
}
