import { useEffect, useState } from "preact/hooks";
import type { RunWish } from "../../../runs/configure.ts";
import { listener, theHouse } from "../../house/client.ts";
import type { Start, Told, Trained } from "../../house/house.ts";

/** Where a training stands. */
export type Phase =
  | { readonly kind: "idle" }
  /** Data are read, baselines fitted. */
  | { readonly kind: "preparing" }
  | { readonly kind: "training"; readonly start: Start }
  /** All epochs are done; the test part is judged. */
  | { readonly kind: "judging"; readonly start: Start }
  | { readonly kind: "done"; readonly start: Start; readonly trained: Trained }
  /** Stopped by the visitor, or by a device that was lost; `saved`: training can go on. */
  | {
    readonly kind: "stopped";
    readonly start: Start;
    readonly why: string;
    readonly fault: boolean;
    readonly saved: boolean;
  }
  | { readonly kind: "refused"; readonly why: string };

/** How fast it goes. */
export interface Pace {
  readonly step: number;
  readonly epoch: number;
  readonly loss: number;
  readonly steps: number;
  readonly stepsPerSecond: number;
  readonly secondsLeft: number;
}

/** A model that was trained in this visit. */
export interface Earlier {
  readonly start: Start;
  readonly trained: Trained;
}

/** What is known of the training under way, or the last one. */
export interface TrainingState {
  readonly phase: Phase;
  readonly chart: string;
  readonly pace?: Pace;
  readonly notes: readonly string[];
  readonly earlier: readonly Earlier[];
}

/** Kept beside the panel: training goes on while another panel is looked at. */
let state: TrainingState = { phase: { kind: "idle" }, chart: "", notes: [], earlier: [] };
const watchers = new Set<() => void>();

function change(part: Partial<TrainingState>): void {
  state = { ...state, ...part };
  for (const watcher of watchers) watcher();
}

/** The training, and again whenever it has moved. */
export function useTraining(): TrainingState {
  const [, look] = useState(0);
  useEffect(() => {
    const watcher = () => look((count) => count + 1);
    watchers.add(watcher);
    return () => void watchers.delete(watcher);
  }, []);
  return state;
}

/** Draws the line of the baselines, then trains. */
export async function begin(wish: RunWish, width: number): Promise<void> {
  change({ phase: { kind: "preparing" }, chart: "", pace: undefined, notes: [] });
  try {
    const start = await theHouse().begin(wish, width);
    change({ chart: start.chart, notes: start.notes });
    await follow(start, (tell) => theHouse().train(start, listener(tell)));
  } catch (error) {
    change({ phase: { kind: "refused", why: (error as Error).message } });
  }
}

/** From the state that was saved. */
export async function goOn(): Promise<void> {
  const { phase } = state;
  if (phase.kind !== "stopped") return;
  await follow(phase.start, (tell) => theHouse().resume(phase.start.run, listener(tell)), true);
}

/** Saves the state and stops. */
export function stop(): void {
  theHouse().stop();
}

async function follow(
  start: Start,
  work: (tell: (told: Told) => void) => Promise<Trained>,
  resumed = false,
): Promise<void> {
  change({ phase: { kind: "training", start }, pace: undefined });
  const epochs = start.config.training?.epochs ?? 1;
  let first: { readonly at: number; readonly step: number } | undefined;
  const tell = (told: Told) => {
    switch (told.kind) {
      case "note":
        return change({ notes: [...state.notes, told.text] });
      case "epoch":
        if (told.chart) change({ chart: told.chart });
        if (told.line.epoch === epochs) change({ phase: { kind: "judging", start } });
        return;
      case "step":
        first ??= { at: performance.now(), step: told.step };
        return change({ pace: paceOf(told, epochs, first) });
    }
  };
  try {
    const trained = await work(tell);
    change({ phase: { kind: "done", start, trained }, earlier: [...state.earlier, { start, trained }] });
  } catch (error) {
    const end = endOf(error as Error, start);
    // What could be gone on with before can be still: an adapter may come back.
    change({
      phase: end.kind === "refused" && resumed
        ? { ...end, kind: "stopped", start, fault: true, saved: true }
        : end,
    });
  }
}

/** What a training that did not come to its end can do. The house says in its own words whether there is a state to go on from. */
function endOf({ name, message }: Error, start: Start): Extract<Phase, { kind: "stopped" | "refused" }> {
  const resumed = /[;.] go on with:? `?perturbine resume [^`]*`?\.?$/i;
  const why = message.replace(resumed, ".");
  if (name === "StoppedError") return { kind: "stopped", start, why, fault: false, saved: true };
  if (name !== "FailedTrainingError") return { kind: "refused", why };
  return { kind: "stopped", start, why, fault: true, saved: resumed.test(message) };
}

function paceOf(
  told: Extract<Told, { kind: "step" }>,
  epochs: number,
  first: { readonly at: number; readonly step: number },
): Pace {
  const steps = epochs * told.batches;
  const seconds = (performance.now() - first.at) / 1000;
  const stepsPerSecond = seconds > 0 ? (told.step - first.step) / seconds : 0;
  return {
    step: told.step,
    epoch: told.epoch + 1,
    loss: told.loss,
    steps,
    stepsPerSecond,
    secondsLeft: stepsPerSecond > 0 ? (steps - told.step) / stepsPerSecond : NaN,
  };
}
