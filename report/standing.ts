import type { Evaluation, Interval, Role, Scored, Verdict } from "../datasets/evaluation/types.ts";
import { number, percent } from "./kit/numbers.ts";
import { signOf } from "./metric.ts";

/** Colour of a verdict: `good` green, `mixed` amber, `bad` red. */
export type Tone = "good" | "mixed" | "bad";

/** Green only for a lead that excludes zero of a model to which the drug matters. */
export function toneOf({ standing, drugMatters }: Pick<Verdict, "standing" | "drugMatters">): Tone {
  if (standing === "behind") return "bad";
  return standing === "ahead" && drugMatters === "yes" ? "good" : "mixed";
}

/** Why a model that is ahead is not green; undefined where there is nothing to explain. */
export function whyNotGreen({ standing, drugMatters }: Verdict): string | undefined {
  const reasons = {
    yes: undefined,
    untested:
      "Amber, not green: no control was run that disturbs the drug, so the lead may come from the cell line alone.",
    unclear: "Amber, not green: the controls cannot tell whether the drug matters to this model.",
    no:
      "Amber, not green: the lead does not come from the drug. With the drug disturbed the model does as well.",
  };
  return standing === "ahead" ? reasons[drugMatters] : undefined;
}

/** The model's own entry. */
export function modelOf({ predictions }: Pick<Evaluation, "predictions">): Scored {
  const model = predictions.find(({ role }) => role === "model");
  if (!model) throw new RangeError("An evaluation without a model cannot be shown.");
  return model;
}

/** The free baseline that is best by a metric, coinciding ones once; undefined where none has it. */
export function bestBaseline(predictions: readonly Scored[], metric: string): Scored | undefined {
  return predictions.filter(({ role, coincidesWith, metrics }) =>
    role === "baseline" && !coincidesWith && metric in metrics
  ).toSorted(better(metric))[0];
}

/** Orders by a metric, the best first, those without it last. */
export function better(metric: string): (a: Scored, b: Scored) => number {
  const sign = signOf(metric);
  return (a, b) => {
    const missing = Number(!(metric in a.metrics)) - Number(!(metric in b.metrics));
    return missing || sign * (b.metrics[metric] - a.metrics[metric]) || 0;
  };
}

/** Share of the gap between best baseline and noise ceiling; a dash where thousands of percent only say that it is far off. */
export function shareText({ shares }: Scored, metric: string): string {
  const share = shares?.[metric];
  return share !== undefined && Math.abs(share) < 10 ? percent(share) : "–";
}

/** A value with its standard deviation over trainings, where there were several. */
export function valueText({ metrics, deviations }: Scored, metric: string, decimals?: number): string {
  const deviation = deviations?.[metric];
  const value = number(metrics[metric], decimals);
  return deviation === undefined || !(metric in metrics)
    ? value
    : `${value} ± ${number(deviation, decimals)}`;
}

/** Both bounds, or null where there were too few units. */
export function boundsOf({ low, high }: Interval): readonly [number, number] | null {
  return low === null || high === null ? null : [low, high];
}

/** What an interval says of the model. */
export function leadTone(lead: Interval | undefined): "good-text" | "bad-text" | "" {
  const bounds = lead && boundsOf(lead);
  return !bounds ? "" : bounds[0] > 0 ? "good-text" : bounds[1] < 0 ? "bad-text" : "";
}

/** Roles that stand together, in the order of tables and pages. */
const groups: readonly { readonly roles: readonly Role[]; readonly title: string | null }[] = [
  { roles: ["model", "baseline"], title: null },
  { roles: ["control"], title: "With an input disturbed" },
  { roles: ["ceiling", "reference"], title: "To know where one stands" },
  { roles: ["negative"], title: "Meant to be bad" },
];

/** Predictions by role, the best of each first by a metric; a group without any is left out. */
export function roleGroups(
  predictions: readonly Scored[],
  metric: string,
): { readonly title: string | null; readonly members: readonly Scored[] }[] {
  return groups.map(({ roles, title }) => ({
    title,
    members: predictions.filter(({ role }) => roles.includes(role)).toSorted(better(metric)),
  })).filter(({ members }) => members.length > 0);
}
