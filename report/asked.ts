import type { Explanation } from "../models/explanation.ts";
import type { Routes } from "./explain/routes.ts";
import type { RunReport } from "./run_report.ts";

/** Who was asked what: the head of the pages of `rank`, `screen` and `explain`. */
export interface AskedRun {
  /** Title of the model: `BADGER`. */
  readonly model: string;
  /** Its folder. */
  readonly run: string;
  /** What the scores are. */
  readonly outputs: RunReport["outputs"];
  /** Cell line that was asked about. */
  readonly cell: string;
}

/** A drug that was asked about: as found in the data, or as asked. */
export interface AskedDrug {
  /** What people call it; the SMILES where it has no name. */
  readonly name: string;
  /** As written. */
  readonly smiles: string;
}

/** A drug of the training part. */
export interface NearestDrug {
  /** As in the data. */
  readonly name: string;
  /** Of the Morgan bits, 0 to 1. */
  readonly tanimoto: number;
}

/** One gene of a ranking. */
export interface RankedGene {
  /** Its symbol. */
  readonly gene: string;
  /** 1 for the highest. */
  readonly rank: number;
  /** Predicted change against the untreated cell. */
  readonly score: number;
  /** The same of the mean over the training rows. */
  readonly trainingMean: number;
  /** Mean of what was measured for this drug in this cell line; absent where nothing was. */
  readonly measured?: number;
}

/** All genes of a prediction in their order, and how far that is the drug's own. */
export interface GeneRanking extends AskedRun {
  /** The drug. */
  readonly drug: AskedDrug;
  /** From the highest to the lowest. */
  readonly genes: readonly RankedGene[];
  /** The scale of the scores is chance: the model was trained by directions alone. */
  readonly arbitraryScale: boolean;
  /** Pearson of the prediction with the mean over the training rows: near 1, it says little of this drug. */
  readonly meanAgreement: number;
  /** Most similar drug that was trained on; absent where structures are unknown. */
  readonly nearest?: NearestDrug;
  /** Whether the cell line was among those trained on. */
  readonly cellTrained: boolean;
  /** Where the drug was measured in this cell line, and how the prediction agrees. */
  readonly measured?: { readonly rows: number; readonly trainedOn: boolean; readonly pearson: number };
}

/** How a drug reverses a disease signature. */
export interface ScreenedDrug extends AskedDrug {
  /** Minus the Spearman correlation of prediction and signature: 1 is a perfect reversal. */
  readonly reversal: number;
  /** Share of the signature's most raised genes that are among the most lowered predicted ones. */
  readonly upReversed: number;
  /** Share of its most lowered genes that are among the most raised predicted ones. */
  readonly downReversed: number;
  /** The most similar drug of the training part. */
  readonly nearest?: NearestDrug;
}

/** A library in the order of reversal, and what it takes to read it. */
export interface Screen extends AskedRun {
  /** File of the signature. */
  readonly signature: string;
  /** The best first. */
  readonly drugs: readonly ScreenedDrug[];
  /** Genes that signature and model share. */
  readonly genes: number;
  /** Genes of the signature that the model does not know. */
  readonly unknown: readonly string[];
  /** Genes counted at either end. */
  readonly ends: number;
  /** Mean Pearson between predictions of two drugs: near 1, the order rests on small differences. */
  readonly likeness: number;
  /** Reversal of the mean training signature: what a drug scores about which nothing is known. */
  readonly trainingMean: number;
}

/** What the page of `explain` shows. */
export interface ExplanationReport extends AskedRun {
  /** The drug. */
  readonly drug: AskedDrug;
  /** What the model gave. */
  readonly explanation: Explanation;
  /** From fragments to the genes at both ends; absent for a model that does not look at fragments. */
  readonly routes?: Routes;
}
