/** A line of `metrics.jsonl` for one training step. */
export interface StepLine {
  /** Kind of line. */
  readonly type: "step";
  /** Steps done, this one included. */
  readonly step: number;
  /** Loss of the batch in training mode: mean squared error for CSG2A. */
  readonly loss: number;
  /** Global L2 norm of the gradients before clipping. */
  readonly gradientNorm: number;
}

/** A line of `metrics.jsonl` for one epoch. */
export interface EpochLine {
  /** Kind of line. */
  readonly type: "epoch";
  /** Epochs done, this one included. */
  readonly epoch: number;
  /** Steps done by then. */
  readonly step: number;
  /** Of this epoch. */
  readonly learningRate: number;
  /** Unweighted mean of the batch losses (csg2a.md section 5). */
  readonly trainLoss: number;
  /** Mean squared error over the validation rows; null where there are none. */
  readonly validationLoss: number | null;
  /** Pearson over the flattened validation part; null where there are no rows. */
  readonly validationPearson: number | null;
  /** Further metrics of the validation part by name; absent where the run asks for none. */
  readonly validationMetrics?: Readonly<Record<string, number>>;
  /** Whether this epoch's parameters are the run's result so far. */
  readonly best: boolean;
}

/** A line of `metrics.jsonl` for the test part, after training. */
export interface TestLine {
  /** Kind of line. */
  readonly type: "test";
  /** Epoch whose parameters were tested. */
  readonly epoch: number;
  /** Test rows. */
  readonly rows: number;
  /** Metrics by name. */
  readonly scores: Readonly<Record<string, number>>;
}

/** One line of `metrics.jsonl`. None holds a clock time: the file is the same after a stop and a resume. */
export type MetricsLine = StepLine | EpochLine | TestLine;
