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
  /** As found in the data, or as asked. */
  readonly drug: { readonly name: string; readonly smiles: string };
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
