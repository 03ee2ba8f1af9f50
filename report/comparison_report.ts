import type { RunReport } from "./run_report.ts";

/** A run that takes part in a comparison. */
export interface ComparedRun {
  /** Name of its prediction in the evaluation. */
  readonly name: string;
  /** Its folder. */
  readonly path: string;
  /** Where its own page lies, relative to the comparison's. */
  readonly page?: string;
  /** Epochs trained; null for a closed form. */
  readonly epochs: number | null;
  /** Mean training loss of the first epoch; null for a closed form. */
  readonly firstEpochLoss: number | null;
  /** Of the first training. */
  readonly trainingSeconds: number;
  /** Trained numbers. */
  readonly parameters: number;
}

/** Several runs, baselines and controls on the same rows: one evaluation in which every run is a prediction with role `model`. */
export interface ComparisonReport extends
  Pick<
    RunReport,
    "title" | "outputs" | "split" | "counts" | "primary" | "verdict" | "predictions" | "notes"
  > {
  /** In the order in which they were named. */
  readonly runs: readonly ComparedRun[];
  /** The command line that made it. */
  readonly command: string;
}
