import { join } from "node:path";
import { readBadgerFolder } from "../../datasets/badger/read_badger_folder.ts";
import {
  permuteBadgerCells,
  permuteBadgerDrugs,
  zeroBadgerDrugs,
} from "../../datasets/badger/select_badger.ts";
import { writeBadgerFolder } from "../../datasets/badger/simulate_badger_folder.ts";
import { foldsOfBadger, hashSplitOfBadger } from "../../datasets/badger/split_badger.ts";
import type { BadgerData } from "../../datasets/badger/types.ts";
import type { SimulatorInput } from "../../datasets/simulator/simulator_options.ts";
import type { Split } from "../../datasets/types.ts";
import { UserError } from "../../datasets/user_error.ts";
import type { RankingRunConfig } from "../../models/ranking_run_config.ts";

/** The data of a run, ready for the model. */
export interface PreparedRanking {
  /** As read. */
  readonly data: BadgerData;
  /** What the model sees, after the drug control of the configuration. */
  readonly shown: BadgerData;
  readonly split: Split;
  /** Sentences for the report. */
  readonly notes: readonly string[];
}

/** Hidden width of every session. */
const releasedWidth = 128;

/** Inputs that are disturbed to see whether the model uses them. */
export type RankingControl = "drug zeroed" | "drug permuted" | "cell permuted";

/**
 * Reads and checks everything that a run needs before a device is opened.
 *
 * @throws {UserError} for any fault of the data, or a split that leaves nothing to train on or to test.
 */
export async function prepareRankingRun(config: RankingRunConfig): Promise<PreparedRanking> {
  const data = await withBadgerFolder(config, (folder) => readBadgerFolder(folder, readOptions(config)));
  const split = splitOf(config, data);
  const empty = split.train.length === 0 ? "training" : split.test.length === 0 ? "test" : undefined;
  if (empty !== undefined) {
    throw new UserError(
      `${data.folder}: the split "${split.name}" leaves no ${empty} rows (${split.train.length} to train, ` +
        `${split.validation.length} to validate, ${split.test.length} to test); choose another fold or split.`,
    );
  }
  const everyRow = Uint32Array.from({ length: data.rows }, (_, row) => row);
  const { drug } = config.reading;
  const shown = drug === "intact"
    ? data
    : disturbed(data, drug === "zeroed" ? "drug zeroed" : "drug permuted", everyRow, config.training.seed);
  return { data, shown, split, notes: notesOn(config, data) };
}

/** Runs `use` on the folder of a configuration; the simulator's is written for that time alone. */
export async function withBadgerFolder<Result>(
  { data, model }: Pick<RankingRunConfig, "data" | "model">,
  use: (folder: string) => Promise<Result>,
): Promise<Result> {
  if (data.source === "folder") return await use(data.folder);
  const parent = await Deno.makeTempDir();
  const folder = join(parent, "simulator");
  try {
    await writeBadgerFolder(folder, {
      simulator: data.options as SimulatorInput,
      pathwayWidth: model.hidden,
    });
    return await use(folder);
  } finally {
    await Deno.remove(parent, { recursive: true });
  }
}

/** The data with one input disturbed over the given rows. */
export function disturbed(
  data: BadgerData,
  control: RankingControl,
  rows: Uint32Array,
  seed: number,
): BadgerData {
  switch (control) {
    case "drug zeroed":
      return zeroBadgerDrugs(data);
    case "drug permuted":
      return permuteBadgerDrugs(data, rows, seed);
    case "cell permuted":
      return permuteBadgerCells(data, rows, seed);
  }
}

function readOptions({ reading }: RankingRunConfig) {
  const { minTas, requireQc, labels, geneTable, pathways, genes, ...same } = reading;
  return {
    fragments: same.fragments,
    lastPathway: same.lastPathway,
    cellVectors: same.cellVectors,
    skipBad: same.skipBad,
    labelType: labels,
    minTas: minTas === "off" ? null : minTas === "prepared" ? undefined : minTas,
    requireQc: requireQc === "prepared" ? undefined : requireQc,
    geneTable: geneTable ?? undefined,
    pathways: pathways ?? undefined,
    genes: genes ?? undefined,
  };
}

function splitOf({ split }: RankingRunConfig, data: BadgerData): Split {
  return "fold" in split
    ? foldsOfBadger(data, split.kind, split.seed)[split.fold]
    : hashSplitOfBadger(data, split.kind, split.number);
}

function notesOn({ reading, model, training, data: source }: RankingRunConfig, data: BadgerData): string[] {
  const { counts, skipped } = data;
  const notes = [
    `Of ${counts.read} signatures ${counts.active} pass the activity limit, ${counts.passed} of these the quality ` +
    `filter, ${counts.usable} can be used.`,
  ];
  if (source.source === "simulator") {
    notes.push("The data are simulated: what wins here says nothing about real cells.");
  }
  if (reading.genes !== null) {
    notes.push(`Reduced: only the first ${data.genes.length} genes in sorted order.`);
  }
  if (model.hidden !== releasedWidth) {
    notes.push(`Hidden width ${model.hidden} instead of the released ${releasedWidth}.`);
  }
  if (training.patience !== null) {
    notes.push(
      `Early stopping on the NDCG of up-regulated genes of the validation part, patience ${training.patience}, ` +
        `${training.patienceKind}${training.patienceKind === "cumulative" ? " as released" : ""}.`,
    );
  } else notes.push(`No early stopping: the parameters after ${training.epochs} epochs.`);
  if (model.family === "badger" || model.family === "badger-light") {
    notes.push(
      `SetNorm divides by the ${model.setNorm}${model.setNorm === "variance" ? ", as released" : ""}.`,
    );
  }
  if ((model.family === "mlp" || model.family === "knn") && reading.drugVectors === null) {
    notes.push("Drug input of the MLP: Morgan bits of the molecule instead of a fine-tuned language model.");
  }
  if (data.pathways?.dropped !== undefined && data.pathways.dropped !== "UNKNOWN") {
    notes.push(
      `The released rule dropped the pathway ${data.pathways.dropped}, which is not UNKNOWN; see --last-pathway.`,
    );
  }
  if (model.family === "badger" && !data.pathways?.table) {
    notes.push("There is no pathway embedding: the pathway table started orthogonal.");
  }
  if (reading.drug !== "intact") {
    notes.push(`Control run: the drug input was ${reading.drug}, in training and in testing.`);
  }
  if (skipped.length > 0) {
    notes.push(`${skipped.length} unusable signatures were left out: see skipped.json.`);
  }
  return notes;
}
