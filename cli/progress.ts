import { SingleBar } from "cli-progress";
import type { EpochLine } from "../models/train_record.ts";
import type { TrainProgress } from "../models/train_loop.ts";
import { durationText, number } from "../report/kit/numbers.ts";
import type { Terminal } from "./terminal.ts";

/** Shows how far training has come: a bar on a terminal, a line now and then elsewhere. */
export interface TrainingDisplay {
  step(progress: TrainProgress): void;
  epoch(line: EpochLine): void;
  /** Removes the bar. */
  stop(): void;
}

/** Seconds between two lines where there is no terminal. */
const lineEvery = 15;

/**
 * A display for a run of at most `epochs` epochs.
 *
 * Rate and remaining time are those of the steps done since the start (or resume); with early stopping the time is
 * the most it can be.
 */
export function trainingDisplay(
  terminal: Terminal,
  { epochs, patience }: { readonly epochs: number; readonly patience: number | null },
): TrainingDisplay {
  let since = performance.now();
  let sinceStep: number | undefined;
  let timedEpoch = -1;
  let validation = "–";
  /** Rate and remaining time; the first epoch seen compiles kernels, so the clock starts again after it. */
  const left = (progress: TrainProgress): { rate: string; eta: string } => {
    const now = performance.now();
    sinceStep ??= Math.max(0, progress.step - 1);
    if (timedEpoch < 0) timedEpoch = progress.epoch;
    const settled = progress.epoch > timedEpoch;
    const rate = (progress.step - sinceStep) / Math.max((now - since) / 1000, 1e-3);
    const steps = epochs * progress.batches - progress.step;
    const eta = settled && rate > 0
      ? `${patience === null ? "" : "at most "}${durationText(steps / rate)}`
      : "–";
    if (progress.epoch === timedEpoch && progress.batch === progress.batches) {
      since = now;
      sinceStep = progress.step;
    }
    return { rate: rate.toPrecision(3), eta };
  };
  if (!terminal.interactive) return plainDisplay(terminal, epochs, left);

  const bar = new SingleBar({
    format:
      "epoch {epoch}/{epochs} |{bar}| {rate} steps/s · loss {loss} · validation {validation} · {left} left",
    barCompleteChar: "█",
    barIncompleteChar: "░",
    barsize: 24,
    hideCursor: true,
    clearOnComplete: true,
    stopOnComplete: false,
    fps: 8,
  });
  let open = false;
  return {
    step(progress) {
      const { rate, eta: time } = left(progress);
      const shown = {
        epoch: Math.min(epochs, progress.epoch + 1),
        epochs,
        rate,
        loss: number(progress.loss),
        validation,
        left: time,
      };
      if (!open) bar.start(epochs * progress.batches, progress.step, shown);
      else bar.update(progress.step, shown);
      open = true;
    },
    epoch(line) {
      validation = number(line.validationLoss);
    },
    stop() {
      if (open) bar.stop();
      open = false;
    },
  };
}

function plainDisplay(
  terminal: Terminal,
  epochs: number,
  left: (progress: TrainProgress) => { rate: string; eta: string },
): TrainingDisplay {
  let pace: { rate: string; eta: string } | undefined;
  let printed = -Infinity;
  return {
    step(progress) {
      pace = left(progress);
    },
    epoch(line) {
      const now = performance.now() / 1000;
      if (now - printed < lineEvery && line.epoch !== epochs) return;
      printed = now;
      const remaining = pace && pace.eta !== "–" && line.epoch < epochs ? `, ${pace.eta} left` : "";
      terminal.note(
        `epoch ${line.epoch}/${epochs}: loss ${number(line.trainLoss)}, validation ${
          number(line.validationLoss)
        }` +
          `${line.best ? " (best so far)" : ""}${pace ? `, ${pace.rate} steps/s` : ""}${remaining}`,
      );
    },
    stop() {},
  };
}
