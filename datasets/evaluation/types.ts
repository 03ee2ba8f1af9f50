import type { ControlName } from "../layouts/layout.ts";
import type { Interval } from "../statistics/bootstrap.ts";

export type { Interval };

/**
 * What a prediction is to the reader. `model`: was trained; `baseline`: costs nothing, has to be beaten; `control`: the model with
 * an input disturbed; `ceiling`: what noise leaves to reach; `reference`: printed beside, whoever wins; `negative`: meant to be bad.
 */
export type Role = "model" | "baseline" | "control" | "ceiling" | "reference" | "negative";

/** Values for rows of a table, whoever made them. */
export interface Prediction {
  /** Short and unique in its table. */
  readonly name: string;
  /** What it is for. */
  readonly role: Role;
  /** How it was made, in a sentence. */
  readonly description: string;
  /** rows x outputs, in the order of the rows that are evaluated. */
  readonly values: Float32Array;
  /** The same by further trainings, each with another seed: scores and errors of a row are averaged over all of them. */
  readonly repeats?: readonly Float32Array[];
  /** It was trained by directions alone, so that its scale is chance: metrics that look at the scale are left out. */
  readonly arbitraryScale?: boolean;
  /** Of a control: what was disturbed. */
  readonly control?: ControlName;
  /** Of a control: name of the model that was disturbed; absent: the first. */
  readonly of?: string;
}

/** What is drawn anew in a bootstrap: what the split holds out. */
export type Unit = "drug" | "cell";

/** The one judgement of a model. */
export interface Verdict {
  /**
   * `ahead`: the interval excludes zero, over clusters too where they are given, and the rows were not trained on; `behind`: the
   * interval excludes zero; else `level`.
   */
  readonly standing: "ahead" | "level" | "behind";
  /** Name of the best free baseline. */
  readonly against: string;
  /** Name of the metric the lead is measured in. */
  readonly metric: string;
  /** How much better the model is than it, positive is better, in units of the metric. */
  readonly lead: number;
  /** 95 %; null with too few units. */
  readonly interval: readonly [number, number] | null;
  /** What was drawn. */
  readonly unit: Unit;
  /** How many of them. */
  readonly units: number;
  /** Trainings that the model's errors were averaged over. */
  readonly seeds: number;
  /** Over mechanism clusters of drugs, where a target table is given. */
  readonly clusters?: { readonly interval: readonly [number, number] | null; readonly units: number };
  /** Whether a disturbed drug makes the model worse beyond chance. */
  readonly drugMatters: "yes" | "no" | "unclear" | "untested";
  /** The same for the cell line. */
  readonly cellMatters: "yes" | "no" | "unclear" | "untested";
  /** The first thing a reader sees: standing, against whom, lead, interval, units, seeds. */
  readonly sentence: string;
  /** Second sentence: what the controls say. */
  readonly controls: string;
}

/** One prediction with all its metrics. */
export interface Scored {
  /** Of the prediction. */
  readonly name: string;
  /** What it is for. */
  readonly role: Role;
  /** How it was made. */
  readonly description: string;
  /** By the names of the metric registry; those that mean nothing for it are absent. With repeats: means over trainings. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Standard deviation of each metric over trainings; absent without repeats. */
  readonly deviations?: Readonly<Record<string, number>>;
  /** (value - best free baseline) / (noise ceiling - best free baseline), where a ceiling is known and above that baseline. */
  readonly shares?: Readonly<Record<string, number>>;
  /** How much better the first model is in the primary metric, paired over units; absent for itself and for the noise ceiling. */
  readonly lead?: Interval;
  /** Of a model: how much better it is than the best free baseline. */
  readonly advantage?: Interval;
  /** An earlier baseline that predicts the very same values here. */
  readonly coincidesWith?: string;
}

/** Model and best baseline on the rows of one drug, cell line or gene. */
export interface PartScore {
  /** Of the drug, cell line or gene. */
  readonly name: string;
  /** Evaluated rows that it has. */
  readonly rows: number;
  /** Mean squared error of the model. */
  readonly mse: number;
  /** The same of the best baseline. */
  readonly baselineMse: number;
  /** Mean over profiles or signatures; of a gene or of responses over rows. Null where it is not defined (under 3 rows). */
  readonly pearson: number | null;
  /** The same of the best baseline. */
  readonly baselinePearson: number | null;
  /** Structure of a drug, where known. */
  readonly smiles?: string;
}

/** Counts of (true, predicted) pairs on a square grid. */
export interface Density {
  /** Of either axis. */
  readonly range: readonly [number, number];
  /** Along either axis. */
  readonly bins: number;
  /** `bins * bins`, row-major, first index the predicted value. */
  readonly counts: readonly number[];
  /** Pairs beyond the range. */
  readonly outside: number;
  /** Standard deviation of the predictions over that of the truth. */
  readonly spreadRatio: number;
  /** Least-squares line predicted = intercept + slope * true. */
  readonly slope: number;
  /** Of that line. */
  readonly intercept: number;
}

/** Everything that predictions of the same rows say, beside one another. */
export interface Evaluation {
  /** Name of the metric that ranks and that the verdict speaks of. */
  readonly primary: string;
  /** Of the first model. */
  readonly verdict: Verdict;
  /** The model first, then by role. */
  readonly predictions: readonly Scored[];
  /** Of the first model. */
  readonly density: Density;
  /** One a drug that was evaluated. */
  readonly drugs: readonly PartScore[];
  /** One a cell line. */
  readonly cells: readonly PartScore[];
  /** Empty where there is one output. */
  readonly genes: readonly PartScore[];
  /** Facts a reader must not miss: overlaps of the parts, untested controls, one pathway that carries the lead. */
  readonly notes: readonly string[];
}
