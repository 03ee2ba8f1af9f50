/** Training was stopped by the user; its state is saved. Not a fault, but not finished either. */
export class StoppedError extends Error {
  override name = "StoppedError";
  constructor(readonly run: string, readonly step: number, epoch: number) {
    super(`Stopped after step ${step}, in epoch ${epoch}, and saved. Go on with: perturbine resume ${run}`);
  }
}
