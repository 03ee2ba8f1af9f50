import type { TrainState } from "./train_state.ts";

/** What an epoch's validation means for the run. */
export type EpochVerdict = Pick<TrainState, "best" | "epochsWithoutImprovement" | "finished">;

/** What an epoch's validation gave. */
export interface EpochValidation {
  /** Mean squared error of the validation rows. */
  readonly loss: number;
  /** The metric that decides instead of the loss, higher is better; absent: the loss decides. */
  readonly criterion?: number;
}

/** When training ends. */
export interface EpochLimits {
  /** At most so many epochs. */
  readonly epochs: number;
  /** Epochs without improvement before stopping; null: all epochs are run. */
  readonly patience: number | null;
  /**
   * `consecutive` (default): an improvement sets the counter back. `cumulative`: it never is, as BADGER's release does
   * (badger.md 3.5), so that training ends at the so-many-th epoch in total that was no improvement.
   */
  readonly patienceKind?: "consecutive" | "cumulative";
}

/**
 * Judges an epoch: whether its parameters become the run's result, and whether training ends.
 *
 * With patience, an epoch whose loss is not worse than the best so far is an improvement (a tie counts; csg2a.md section 5);
 * where a criterion decides it has to be beaten (badger.md 3.5). Otherwise a counter grows, and training stops when it
 * reaches the patience. Without patience every epoch is an improvement, and all epochs are run.
 *
 * @param state where the run stood before the verdict, `step` and `epoch` counting the judged epoch
 */
export function judgeEpoch(
  state: TrainState,
  validation: EpochValidation | null,
  { epochs, patience, patienceKind = "consecutive" }: EpochLimits,
): EpochVerdict {
  const improved = patience === null || state.best === null || validation === null ||
    isBetter(validation, state.best);
  const kept = improved && patienceKind === "consecutive" ? 0 : state.epochsWithoutImprovement;
  const epochsWithoutImprovement = improved ? kept : kept + 1;
  const { criterion } = validation ?? {};
  return {
    best: improved
      ? {
        epoch: state.epoch,
        step: state.step,
        validationLoss: validation?.loss ?? null,
        ...(criterion === undefined ? {} : { criterion }),
      }
      : state.best,
    epochsWithoutImprovement,
    finished: isFinished({ epoch: state.epoch, epochsWithoutImprovement }, { epochs, patience }),
  };
}

/** Whether no epoch is left to do. A saved run is judged again, so that one whose epochs were raised goes on. */
export function isFinished(
  { epoch, epochsWithoutImprovement }: Pick<TrainState, "epoch" | "epochsWithoutImprovement">,
  { epochs, patience }: Pick<EpochLimits, "epochs" | "patience">,
): boolean {
  return epoch >= epochs || (patience !== null && epochsWithoutImprovement >= patience);
}

function isBetter({ loss, criterion }: EpochValidation, best: NonNullable<TrainState["best"]>): boolean {
  if (criterion !== undefined) return criterion > (best.criterion ?? -Infinity);
  return loss <= (best.validationLoss ?? Infinity);
}
