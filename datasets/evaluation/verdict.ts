import type { Metric } from "../metrics/metric.ts";
import { fewestUnits, type Interval, sideOfZero } from "../statistics/bootstrap.ts";
import type { ClusterLead } from "./cluster_leads.ts";
import type { TrainingFacts } from "./training_facts.ts";
import type { Unit, Verdict } from "./types.ts";
import { counted, figures, withInterval } from "./words.ts";

/** What a judgement is made from. */
export interface Evidence {
  readonly metric: Metric;
  /** Value of the model. */
  readonly model: number;
  /** The best free baseline. */
  readonly baseline: { readonly name: string; readonly value: number };
  /** How much better the model is than it. */
  readonly lead: Interval;
  readonly unit: Unit;
  readonly units: number;
  readonly seeds: number;
  readonly clusters?: ClusterLead;
  readonly facts: TrainingFacts;
  readonly rows: number;
}

/** A lead that float32 rounding makes is none. */
const rounding = 1e-6;

/** More of the rows than this trained on, and nothing can be claimed of others. */
const mostTrained = 0.05;

/**
 * A lead with an interval that holds zero where float32 rounding alone makes it: units that all differ by the same nothing have an
 * interval of no width beside zero.
 */
export function beyondRounding(
  { value, low, high }: Interval,
  { model, baseline }: { readonly model: number; readonly baseline: number },
): Interval {
  if (!isRounding(value, model, baseline) || low === null || high === null) return { value, low, high };
  return { value, low: Math.min(low, 0), high: Math.max(high, 0) };
}

function isRounding(lead: number, model: number, baseline: number): boolean {
  return Math.abs(lead) <= rounding * Math.max(Math.abs(model), Math.abs(baseline));
}

/** Where the model stands, and the sentence that says so. */
export function standingOf(evidence: Evidence): Pick<Verdict, "standing" | "sentence"> {
  const { metric, model, baseline, lead, clusters, facts, rows } = evidence;
  const trained = facts.trainedRows > mostTrained * rows;
  const nothing = isRounding(lead.value, model, baseline.value);
  const side = nothing ? 0 : sideOfZero(lead);
  const narrow = side > 0 && clusters !== undefined && sideOfZero(clusters.interval) <= 0;
  const standing = side < 0 ? "behind" : side > 0 && !narrow && !trained ? "ahead" : "level";
  const opening = { ahead: "Ahead of", level: "Level with", behind: "Behind" }[standing];
  const numbers = `${metric.short} ${figures(model)}, lead ${nothing ? "0" : withInterval(lead)}`;
  const sentence = `${opening} ${baseline.name}: ${numbers} over ${unitsText(evidence)}${
    clusterText(evidence)
  }, ${counted(evidence.seeds, "seed")}${trainedText(evidence, trained)}.`;
  return { standing, sentence };
}

function unitsText({ unit, units, lead, facts }: Evidence): string {
  const things = counted(
    units,
    `${facts.heldOut ? "held-out " : ""}${unit === "drug" ? "drug" : "cell line"}`,
  );
  return lead.low === null ? `${things}, too few for an interval (at least ${fewestUnits})` : things;
}

function clusterText({ clusters }: Evidence): string {
  if (!clusters) return "";
  const { low, high } = clusters.interval, count = counted(clusters.clusters, "mechanism cluster");
  return low === null || high === null
    ? ` and ${count}, too few for an interval`
    : ` and ${withInterval(clusters.interval).replace(/^\S+ /, "")} over ${count}`;
}

function trainedText({ facts, rows }: Evidence, trained: boolean): string {
  if (!trained) return "";
  return `; ${
    facts.trainedRows === rows ? `all ${rows}` : `${facts.trainedRows} of the ${rows}`
  } rows were trained on, so this says nothing about others`;
}
