import type { MetricSummary } from "../../datasets/metrics/metric_tables.ts";
import type { EpochLine } from "../../models/train_record.ts";
import type { RunConfig } from "../../models/run_config.ts";

/** One set of predictions for the test rows and its metrics; every entry of a report is scored on the same rows. */
export interface Score extends MetricSummary {
  readonly name: string;
  /** What the prediction is, in a sentence. */
  readonly description: string;
  /**
   * `model`: the trained model; `baseline`: free, needs no training; `negative`: meant to be bad; `control`: the model
   * with its drug input disturbed; `ceiling`: what replicates of the same condition allow.
   */
  readonly role: "model" | "baseline" | "negative" | "control" | "ceiling";
  /** An earlier baseline with the very same predictions on these rows. */
  readonly coincidesWith?: string;
}

/** The model and the best free baseline on the test rows of one drug or one gene. */
export interface PartScore {
  readonly name: string;
  readonly rows: number;
  readonly mse: number;
  readonly baselineMse: number;
  /** Null where it is not defined (a single value, or a constant). */
  readonly pearson: number | null;
}

/** Counts of (true, predicted) pairs on a square grid. */
export interface Density {
  /** Both axes run over this range; pairs outside are counted in `outside`. */
  readonly range: readonly [number, number];
  readonly bins: number;
  /** `bins * bins`, row-major, first index the predicted value. */
  readonly counts: readonly number[];
  readonly outside: number;
  /** Standard deviation of the predictions over that of the truth. */
  readonly spreadRatio: number;
}

/** Device time of one kernel in one phase of a profiled step. */
export interface KernelTime {
  readonly kernel: string;
  readonly phase: string;
  readonly calls: number;
  readonly milliseconds: number;
  /** Part of the step's device time, 0 to 1. */
  readonly share: number;
  readonly gflops: number;
  readonly gigabytesPerSecond: number;
}

/** Where and how a run was made. */
export interface Environment {
  readonly adapter: string;
  readonly software: boolean;
  readonly machine: string;
  readonly runtime: string;
  readonly command: string;
}

/** Everything a report shows; also what `--json` prints and `results.json` keeps. */
export interface ReportData {
  /** For example "CSG2A on skbr3". */
  readonly title: string;
  readonly stage: RunConfig["stage"];
  readonly splitName: string;
  readonly counts: {
    readonly train: number;
    readonly validation: number;
    readonly test: number;
    readonly drugs: number;
    readonly cells: number | null;
    readonly genes: number;
  };
  /** The metric that ranks: mean squared error of profiles, root mean squared error of ln IC50. */
  readonly ranking: "mse" | "rmse";
  /** The model first. */
  readonly scores: readonly Score[];
  readonly epochs: readonly EpochLine[];
  readonly bestEpoch: number;
  readonly density: Density;
  readonly drugs: readonly PartScore[];
  /** Empty in fine-tuning. */
  readonly genes: readonly PartScore[];
  readonly kernels: readonly KernelTime[];
  readonly environment: Environment;
  readonly trainingSeconds: number;
  readonly memory: { readonly resident: number; readonly peak: number };
  readonly parameters: number;
  /** Sentences a reader must not miss: skipped SMILES, distance mode, drug control, stopped early. */
  readonly notes: readonly string[];
  readonly config: RunConfig;
}
