import { z } from "zod";

/**
 * Where a training run stands, besides its tensors: enough to go on at any step as if it had never stopped.
 *
 * Holds no clock time, so that a resumed run ends in the same bytes.
 */
export interface TrainState {
  /** Training steps done. */
  readonly step: number;
  /** Whole epochs done. */
  readonly epoch: number;
  /** Batches done of the epoch under way. */
  readonly batch: number;
  /** Sum of the losses of those batches, in order. */
  readonly lossSum: number;
  /**
   * Epoch whose parameters are the run's result so far (the last one where there is no early stopping), and its mean
   * squared error on the validation rows (null where there are none), with the criterion where one decides.
   */
  readonly best:
    | {
      readonly epoch: number;
      readonly step: number;
      readonly validationLoss: number | null;
      readonly criterion?: number;
    }
    | null;
  /** Epochs since the best one; with cumulative patience all epochs that were no improvement. */
  readonly epochsWithoutImprovement: number;
  /** Whether no epoch is left to do. */
  readonly finished: boolean;
  /** Length of `metrics.jsonl` at this point; later lines are cut on resuming. */
  readonly metricsBytes: number;
}

const count = z.int().min(0);

/** Checks a {@link TrainState} read from a file. */
export const trainStateSchema: z.ZodType<TrainState> = z.strictObject({
  step: count,
  epoch: count,
  batch: count,
  lossSum: z.number(),
  best: z.strictObject({
    epoch: count,
    step: count,
    validationLoss: z.number().nullable(),
    criterion: z.number().optional(),
  }).nullable(),
  epochsWithoutImprovement: count,
  finished: z.boolean(),
  metricsBytes: count,
});

/** The state of a run that has not begun. */
export const initialTrainState: TrainState = {
  step: 0,
  epoch: 0,
  batch: 0,
  lossSum: 0,
  best: null,
  epochsWithoutImprovement: 0,
  finished: false,
  metricsBytes: 0,
};
