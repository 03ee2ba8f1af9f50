import type { TrainState } from "./train_state.ts";

/** What an epoch's validation means for the run. */
export type EpochVerdict = Pick<TrainState, "best" | "epochsWithoutImprovement" | "finished">;

/**
 * Judges an epoch: whether its parameters become the run's result, and whether training ends.
 *
 * With patience, an epoch that is not worse than the best so far is an improvement (a tie counts), otherwise a counter
 * grows, and training stops when it reaches the patience. Without, every epoch is, and all epochs are run.
 * Source: csg2a.md section 5.
 *
 * @param state where the run stood before the verdict, `step` and `epoch` counting the judged epoch
 */
export function judgeEpoch(
  state: TrainState,
  validationLoss: number | null,
  limits: { readonly epochs: number; readonly patience: number | null },
): EpochVerdict {
  const improved = limits.patience === null || state.best === null || validationLoss === null ||
    validationLoss <= (state.best.validationLoss ?? Infinity);
  const epochsWithoutImprovement = improved ? 0 : state.epochsWithoutImprovement + 1;
  return {
    best: improved ? { epoch: state.epoch, step: state.step, validationLoss } : state.best,
    epochsWithoutImprovement,
    finished: state.epoch >= limits.epochs || epochsWithoutImprovement === limits.patience,
  };
}
