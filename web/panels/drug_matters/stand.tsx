import { countText, durationText, number } from "../../../report/kit/numbers.ts";
import { goOn, type Pace, type Phase } from "./training.ts";

/** Where a training stands, in a line; what went wrong, and how to go on. */
export function Stand({ phase, pace }: { readonly phase: Phase; readonly pace: Pace | undefined }) {
  if (phase.kind === "refused") return <p class="notice bad" role="alert">{phase.why}</p>;
  if (phase.kind === "stopped") {
    return (
      <div class={`notice ${phase.fault ? "bad" : "mixed"}`} role="alert">
        <p>{phase.why}</p>
        {phase.saved && <button type="button" onClick={goOn}>Go on from the last state</button>}
      </div>
    );
  }
  return <p class="stand" role="status">{lineOf(phase, pace)}</p>;
}

function lineOf(phase: Phase, pace: Pace | undefined): string {
  switch (phase.kind) {
    case "preparing":
      return "Reading the data and fitting every free baseline …";
    case "judging":
      return "Judging the test part beside every free baseline …";
    case "training": {
      const { counts, outputs } = phase.start;
      if (!pace) {
        return `Compiling the training step: ${countText(counts.train)} rows, ${countText(outputs)} genes …`;
      }
      const { step, steps, epoch, loss, stepsPerSecond, secondsLeft } = pace;
      return [
        `epoch ${epoch} of ${phase.start.config.training?.epochs}`,
        `step ${countText(step)} of ${countText(steps)}`,
        `loss ${number(loss)}`,
        ...(stepsPerSecond > 0
          ? [`${number(stepsPerSecond, 1)} steps a second`, `${durationText(secondsLeft)} left at most`]
          : []),
      ].join(" · ");
    }
    default:
      return "";
  }
}
