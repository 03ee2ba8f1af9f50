import { UserError } from "../datasets/user_error.ts";
import { NonFiniteError } from "../models/training_task.ts";

/** What was asked for cannot be: a setting is unknown or out of range, or two contradict each other. No file is at fault. */
export class SettingsError extends UserError {
  /** Name of the class. */
  override name = "SettingsError";
}

/** Training was stopped by the user; its state is saved. Not a fault, but not finished either. */
export class StoppedError extends Error {
  /** Name of the class. */
  override name = "StoppedError";
  /**
   * Says how far the run came and how to go on.
   *
   * @param run its folder
   * @param step done and saved
   * @param epoch under way, from 1
   */
  constructor(readonly run: string, readonly step: number, epoch: number) {
    super(`Stopped after step ${step}, in epoch ${epoch}, and saved. Go on with: perturbine resume ${run}`);
  }
}

/** The device or the numbers failed in training. Says whether there is a state to go on from. */
export class FailedTrainingError extends Error {
  /** Name of the class. */
  override name = "FailedTrainingError";
  /**
   * Of a run that failed.
   *
   * @param run its folder
   * @param cause what failed, said in its own words
   * @param saved whether a state was saved before
   */
  constructor(readonly run: string, override readonly cause: Error, saved: boolean) {
    super(
      `${cause.message} ` +
        (saved
          ? cause instanceof NonFiniteError
            ? `The state saved before it is intact, but going on from it on this device comes to the same numbers: start anew, such ` +
              "as with a smaller --lr."
            : `The state saved before it is intact; go on with \`perturbine resume ${run}\`.`
          : `No state had been saved yet; start the run anew with --force.`),
    );
  }
}
