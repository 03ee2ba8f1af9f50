import { z } from "zod";

const count = z.int().min(0);

/**
 * Where a training run stands, besides its tensors: enough to go on at any step as if it had never stopped.
 *
 * Holds no clock time, so that a resumed run ends in the same bytes.
 */
export const trainStateSchema = z.strictObject({
  /** Training steps done. */
  step: count,
  /** Whole epochs done. */
  epoch: count,
  /** Batches done of the epoch under way. */
  batch: count,
  /** Sum of the losses of those batches, in order. */
  lossSum: z.number(),
  /** Epoch whose parameters are the run's result so far (the last one where there is no early stopping). */
  best: z.strictObject({
    epoch: count,
    step: count,
    /** Mean squared error of the validation rows; null where there are none. */
    validationLoss: z.number().nullable(),
  }).nullable(),
  /** Epochs since the best one. */
  epochsWithoutImprovement: count,
  finished: z.boolean(),
  /** Length of `metrics.jsonl` at this point; later lines are cut on resuming. */
  metricsBytes: count,
});

/** See {@link trainStateSchema}. */
export type TrainState = z.infer<typeof trainStateSchema>;

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
