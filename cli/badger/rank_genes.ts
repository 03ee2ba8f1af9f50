import { descendingOrder } from "../../datasets/metrics/ranking.ts";
import { tanimoto } from "../../datasets/badger/nearest_training_rows.ts";
import type { BadgerData } from "../../datasets/badger/types.ts";
import { Chemistry } from "../../datasets/molecules/chemistry.ts";
import { pearsonPooled } from "../../datasets/metrics/metrics.ts";
import { closestName } from "../../datasets/readers/closest_name.ts";
import type { Split } from "../../datasets/types.ts";
import { UserError } from "../../datasets/user_error.ts";
import type { RankingRunConfig } from "../../models/ranking_run_config.ts";
import type { LibraryDrug } from "../../datasets/badger/read_drug_library.ts";
import { resultParameters } from "../result_parameters.ts";
import { readRankingConfig } from "../run_folder.ts";
import { tuningOfRun } from "../../runs/tuning.ts";
import { openEngine } from "./open_engine.ts";
import { predictRanking, withTrained } from "./predict_ranking.ts";
import { prepareRankingRun } from "./prepare_ranking_run.ts";
import { type CellChoice, queryCell } from "./query_cell.ts";
import { appendQueries } from "./query_rows.ts";

/** Predictions for drugs in one cell line, with what a reader must know to judge them. */
export interface DrugPredictions {
  readonly config: RankingRunConfig;
  /** The run's own data. */
  readonly data: BadgerData;
  readonly split: Split;
  readonly cell: string;
  readonly drugs: readonly LibraryDrug[];
  /** drugs x genes. */
  readonly scores: Float32Array<ArrayBuffer>;
  /** For every drug the most similar drug that was trained on. */
  readonly nearest: readonly NearestDrug[];
  /** Mean training signature. */
  readonly trainingMean: Float64Array;
  readonly adapter: string;
}

/** A drug of the training part. */
export interface NearestDrug {
  readonly name: string;
  /** Of the Morgan bits, 0 to 1. */
  readonly tanimoto: number;
}

/**
 * Predicts drugs in one cell line with a trained run.
 *
 * @throws {UserError} for a faulty run, an unknown cell line or a SMILES that cannot be parsed.
 */
export async function predictDrugs(
  run: string,
  choice: CellChoice & { readonly dose?: string },
  drugsOf: (
    data: BadgerData,
    chemistry: Chemistry,
  ) => Promise<readonly LibraryDrug[]> | readonly LibraryDrug[],
): Promise<DrugPredictions> {
  const config = await readRankingConfig(run);
  const parameters = await resultParameters(run);
  const { data, split } = await prepareRankingRun(config);
  const cell = await queryCell(config, data, choice);
  const chemistry = await Chemistry.load();
  const drugs = await drugsOf(data, chemistry);
  if (config.reading.drugVectors !== null) {
    throw new UserError(
      `${run} was trained on the drug vectors of ${config.reading.drugVectors}, which new drugs do not have; use a run trained ` +
        "on Morgan bits.",
    );
  }
  if (choice.dose !== undefined && !data.doses.includes(choice.dose)) {
    throw new UserError(
      `The dose "${choice.dose}" is not in ${data.folder}, expected one of ${
        [...new Set(data.doses)].join(", ")
      }.`,
    );
  }
  const queried = appendQueries(data, config, chemistry, cell, drugs, choice.dose);
  using device = await openEngine(await tuningOfRun(run));
  const scores = await withTrained(
    device.engine,
    config,
    queried.data,
    split.train,
    parameters,
    (task) => predictRanking(task, config, split, queried.rows),
  );
  const trained = [...new Set(Array.from(split.train, (row) => data.drugOfRow[row]))];
  const nearest = drugs.map((_, k) => {
    const { moleculeBits } = queried.data.drugs[data.drugs.length + k];
    return trained.map((drug) => ({
      name: data.drugs[drug].name,
      tanimoto: tanimoto(moleculeBits, data.drugs[drug].moleculeBits),
    })).reduce((best, other) => other.tanimoto > best.tanimoto ? other : best);
  });
  return {
    config,
    data,
    split,
    cell: cell.name,
    drugs,
    scores,
    nearest,
    trainingMean: meanOf(data, split.train),
    adapter: device.adapter,
  };
}

/** A drug as the user wrote it: a name or id of the data, or a SMILES (in any spelling, known to the data or not). @throws {UserError} when it is neither. */
export function drugFrom(text: string, data: BadgerData, chemistry: Chemistry): LibraryDrug {
  const known = data.drugs.find(({ id, name }) => id === text || name === text);
  if (known) return { name: known.name, smiles: known.smiles };
  if (chemistry.parse(text)) {
    const canonical = chemistry.canonicalSmiles(text);
    const same = data.drugs.find(({ smiles }) =>
      smiles !== "" && chemistry.canonicalSmiles(smiles) === canonical
    );
    return same ? { name: same.name, smiles: same.smiles } : { name: text, smiles: text };
  }
  const near = closestName(text, data.drugs.map(({ name }) => name));
  throw new UserError(
    `--drug "${text}": neither a SMILES that can be parsed nor a drug of ${data.folder}; ` +
      (near === undefined ? "mend it." : `did you mean ${near}?`),
  );
}

/** One gene of a ranking. */
export interface RankedGene {
  readonly gene: string;
  /** 1 for the most up-regulated. */
  readonly rank: number;
  readonly score: number;
  /** Of the mean training signature, for comparison. */
  readonly trainingMean: number;
  /** Mean of the measured signatures of this drug in this cell line; absent when there are none. */
  readonly measured?: number;
}

/** A ranking, and how far it is the drug's own. */
export interface GeneRanking {
  readonly genes: readonly RankedGene[];
  /** Pearson of the prediction with the mean training signature: near 1, it says little of this drug. */
  readonly meanAgreement: number;
  /** Where the drug was measured in this cell line, and how the prediction agrees. */
  readonly measured?: { readonly rows: number; readonly trainedOn: boolean; readonly pearson: number };
}

/** Genes from the most up- to the most down-regulated. @param place of the drug in the predictions */
export function rankGenes(
  { data, split, cell, drugs, scores, trainingMean }: DrugPredictions,
  place: number,
): GeneRanking {
  const genes = data.genes.length;
  const own = scores.subarray(place * genes, (place + 1) * genes);
  const rows = Array.from({ length: data.rows }, (_, row) => row).filter((row) =>
    data.cells[data.cellOfRow[row]] === cell && data.drugs[data.drugOfRow[row]].smiles === drugs[place].smiles
  );
  const measured = rows.length > 0 ? meanOf(data, rows) : undefined;
  const order = Array.from(descendingOrder(own));
  return {
    genes: order.map((gene, at) => ({
      gene: data.genes[gene],
      rank: at + 1,
      score: own[gene],
      trainingMean: trainingMean[gene],
      ...(measured ? { measured: measured[gene] } : {}),
    })),
    meanAgreement: pearsonPooled(own, trainingMean),
    ...(measured
      ? {
        measured: {
          rows: rows.length,
          trainedOn: rows.some((row) => split.train.includes(row)),
          pearson: pearsonPooled(own, measured),
        },
      }
      : {}),
  };
}

function meanOf({ labels, genes: { length } }: BadgerData, rows: ArrayLike<number>): Float64Array {
  const mean = new Float64Array(length);
  for (const row of Array.from(rows)) {
    for (let gene = 0; gene < length; gene++) mean[gene] += labels[row * length + gene] / rows.length;
  }
  return mean;
}
