import { type CaseChoice, casePlan } from "../bench/tools/case_plan.ts";
import { UserError } from "../datasets/user_error.ts";
import { Engine, type InputData, type ObservedPlan, type StepValues } from "../engine/mod.ts";
import type { CommandContext } from "./context.ts";
import { commandText } from "./command_text.ts";
import { runObserved, SeenEnough } from "./observed_command.ts";
import { requireAdapter } from "../runs/device.ts";

/** A step at the moment of its replay, before anything of it has run. */
export interface ObservedStep {
  readonly engine: Engine;
  readonly plan: ObservedPlan;
  readonly inputs: InputData;
  readonly values: StepValues;
  /** What is run, as a command line. */
  readonly source: string;
}

/** Which step to look at: of a benchmark's case, or the `step`-th training step (from 1) of a command. */
export type StepChoice =
  | { readonly case: CaseChoice }
  | { readonly words: readonly string[]; readonly step: number };

/**
 * Brings a step about and shows it to `look`, which may submit work but not wait; what it returns can be waited for
 * afterwards by `finish`, while the device is still open.
 */
export async function observeStep<Seen, Result>(
  choice: StepChoice,
  context: CommandContext,
  look: (step: ObservedStep) => Seen,
  finish: (seen: Seen, step: ObservedStep) => Promise<Result>,
): Promise<Result> {
  if ("case" in choice) {
    await requireAdapter();
    const engine = await Engine.open(navigator.gpu);
    try {
      const step = {
        engine,
        ...await casePlan(engine, choice.case),
        inputs: new Map(),
        values: engine.still,
      };
      return await finish(look(step), step);
    } finally {
      engine.dispose();
    }
  }
  let engine: Engine | undefined;
  let found: { seen: Seen; step: ObservedStep } | undefined;
  let count = 0;
  const source = commandText(choice.words);
  try {
    await runObserved(choice.words, context, {
      keepsDevice: true,
      attach: (opened) => engine = opened,
      beforeReplay(plan, inputs, values) {
        if (!plan.dispatches.some(({ phase }) => phase === "update")) return; // a prediction
        if (++count < choice.step) return;
        const step = { engine: engine!, plan, inputs, values, source };
        found = { seen: look(step), step };
        throw new SeenEnough();
      },
    });
    if (!found) {
      throw new UserError(
        `\`${source}\` ran ${count} training steps, so step ${choice.step} was not met; give a smaller --step.`,
      );
    }
    return await finish(found.seen, found.step);
  } finally {
    engine?.device.close();
  }
}
