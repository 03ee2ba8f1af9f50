import type { ControlName } from "../layouts/layout.ts";
import type { Metric } from "../metrics/metric.ts";
import { type Interval, sideOfZero } from "../statistics/bootstrap.ts";
import { listed, withInterval } from "./words.ts";

/** The intact model beside itself with one input disturbed. */
export interface ControlEffect {
  readonly control: ControlName;
  /** How much worse the disturbed model is in the primary metric; positive is worse. */
  readonly loss: Interval;
  /** It predicts the very same values. */
  readonly same: boolean;
}

/** Whether an input matters to a model. */
export type Matters = "yes" | "no" | "unclear" | "untested";

/** Part of what separates a model from a perfect one that counts as nothing. */
const smallShare = 0.02;

/**
 * Whether an input matters, from the controls that disturb it.
 *
 * - `untested`: there is none.
 * - `yes`: under at least one the model gets worse and the interval of the loss excludes zero.
 * - `no`: not yes, and under every one either the predictions stay the same, or the whole interval of the loss lies below 2 % of
 *   what separates the intact model from a perfect one (the noise ceiling where known): what the input adds is shown to be
 *   small, not merely unproven. A model that gets better counts here too.
 * - `unclear`: neither; the interval leaves room for an effect, or there are too few units for one.
 *
 * @param model value of the intact model in the primary metric.
 * @param reachable value of the noise ceiling, or the metric's perfect value.
 */
export function inputMatters(
  effects: readonly ControlEffect[],
  metric: Metric,
  model: number,
  reachable: number,
): Matters {
  if (effects.length === 0) return "untested";
  if (effects.some(({ loss, same }) => !same && sideOfZero(loss) > 0)) return "yes";
  const above = (goal: number) => metric.best === "high" ? goal - model : model - goal;
  // A model beyond the ceiling is measured against perfection.
  const distance = above(reachable) > 0 ? above(reachable) : above(metric.perfect);
  const small = ({ loss, same }: ControlEffect) =>
    same || loss.high !== null && loss.high < smallShare * distance;
  return effects.every(small) ? "no" : "unclear";
}

/** What a control disturbs. */
export type DisturbedInput = "drug" | "cell" | "graph";

const subjects: Readonly<Record<DisturbedInput, string>> = {
  drug: "the drug",
  cell: "the cell line",
  graph: "the graph",
};

const ways: Readonly<Record<ControlName, { readonly input: DisturbedInput; readonly words: string }>> = {
  "drug-removed": { input: "drug", words: "without it" },
  "drug-permuted": { input: "drug", words: "with drugs permuted" },
  "cell-permuted": { input: "cell", words: "with cell lines permuted" },
  "edges-shuffled": { input: "graph", words: "with edges shuffled" },
  "features-permuted": { input: "graph", words: "with node features permuted" },
};

/** Which input a control disturbs. */
export function inputOf(control: ControlName): DisturbedInput {
  return ways[control].input;
}

/** What the controls of one input say, in a sentence. */
export function controlSentence(
  input: DisturbedInput,
  matters: Matters,
  effects: readonly ControlEffect[],
  metric: Metric,
): string {
  const subject = subjects[input];
  const start = {
    yes: `The ${subject.slice(4)} matters`,
    no: `The ${subject.slice(4)} does not matter`,
    unclear: `Whether ${subject} matters is unclear`,
    untested: `Whether ${subject} matters was not tested`,
  }[matters];
  const found = effects.map(({ control, loss, same }) => {
    const way = ways[control].words;
    if (same) return `${way} it predicts the same`;
    const better = loss.value < 0;
    const turned = better ? { value: -loss.value, low: negative(loss.high), high: negative(loss.low) } : loss;
    const few = loss.low === null ? ", too few units for an interval" : "";
    return `${way} ${metric.short} is ${better ? "better" : "worse"} by ${withInterval(turned)}${few}`;
  });
  return found.length === 0 ? `${start}.` : `${start}: ${listed(found)}.`;
}

function negative(value: number | null): number | null {
  return value === null ? null : -value;
}
