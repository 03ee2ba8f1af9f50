import type { Dataset } from "../dataset.ts";
import type { Metric } from "../metrics/metric.ts";
import { advantage, metricOf, primaryMetric } from "../metrics/registry.ts";
import { bootstrapMean, type Interval, sideOfZero } from "../statistics/bootstrap.ts";
import { clusterLead } from "./cluster_leads.ts";
import {
  type ControlEffect,
  controlSentence,
  type DisturbedInput,
  inputMatters,
  inputOf,
} from "./control_verdict.ts";
import { densityOf } from "./density.ts";
import { type NoiseCeiling, noiseCeiling, replicatePrediction } from "./noise_ceiling.ts";
import { partsByGene, partsByKey } from "./part_scores.ts";
import { type PredictionScores, scorePredictions } from "./score_predictions.ts";
import { trainingFacts } from "./training_facts.ts";
import type { Evaluation, Prediction, Scored, Unit } from "./types.ts";
import { beyondRounding, standingOf } from "./verdict.ts";
import { counted, figures, withInterval } from "./words.ts";

/** What is evaluated. */
export interface EvaluationRequest {
  /** The table; its truth is compared with. */
  readonly data: Dataset;
  /** Rows that were predicted. */
  readonly rows: Uint32Array;
  /** Rows that models were trained on. */
  readonly train: Uint32Array;
  /** Of the rows in their order; the first is the model that the verdict speaks of, at least one is a baseline. */
  readonly predictions: readonly Prediction[];
  /** What the split holds out, and bootstraps draw. */
  readonly unit: Unit;
  /** Mechanism of drugs, by identity (`data.drug.ids`): see `readMechanisms`. Used where the unit is the drug. */
  readonly clusters?: ReadonlyMap<string, string>;
  /** Of the bootstrap's draws; 0 by default. */
  readonly bootstrapSeed?: number;
  /** Sentences that the caller adds to the notes: overlaps of the parts, controls that could not be made. */
  readonly notes?: readonly string[];
}

/**
 * Compares predictions of the same rows with the truth and with one another, and judges the first of them against the best free
 * baseline.
 *
 * The primary metric is the mean squared error of profiles and responses, and the Pearson correlation within signatures (and within
 * profiles of a model whose scale is chance). Where the data have replicates, a noise ceiling and "one replicate predicts another" are
 * added. Leads are differences of rows, averaged over trainings, with intervals over whole units (see `bootstrapMean`).
 *
 * @throws {RangeError} when a prediction has the wrong length or a value that is not finite, names repeat, or there is no truth or
 * no baseline.
 *
 * @example
 * ```ts
 * import { type Dataset, evaluate } from "perturbine/datasets";
 * declare const data: Dataset;
 * declare const [train, test]: Uint32Array[];
 * declare const [own, mean]: Float32Array[];
 * const { verdict } = evaluate({
 *   data,
 *   rows: test,
 *   train,
 *   unit: "drug",
 *   predictions: [
 *     { name: "mine", role: "model", description: "My model.", values: own },
 *     { name: "training mean", role: "baseline", description: "Mean of training.", values: mean },
 *   ],
 * });
 * console.log(verdict.sentence);
 * ```
 */
export function evaluate(request: EvaluationRequest): Evaluation {
  const { data, rows, train, unit, clusters, bootstrapSeed: seed = 0 } = request;
  checkRequest(request);
  const facts = trainingFacts(data, train, rows, unit);
  const replicate = replicatePrediction(data, rows, facts.mean);
  const scores = scorePredictions(data, rows, facts, train.length, [
    ...request.predictions,
    ...(replicate ? [replicate] : []),
  ]);
  const [model] = scores;
  const metric = primaryMetric(data.outputs.kind, model.prediction.arbitraryScale);
  const twins = coinciding(scores);
  const baselines = ranked(scores.filter(({ prediction: { role } }) => role === "baseline"), metric);
  const best = baselines.find((entry) => !twins.has(entry))!;
  const unitOf = Array.from(rows, (row) => data[unit].of[row]);
  const rowLead = (entry: PredictionScores, other: PredictionScores) => {
    const own = primaryRows(entry, metric), theirs = primaryRows(other, metric);
    return own.map((value, row) => advantage(metric, value, theirs[row]));
  };
  const leadOf = (entry: PredictionScores, other: PredictionScores) =>
    bootstrapMean(rowLead(entry, other), unitOf, { seed });
  const ceiling = noiseCeiling(data, rows);
  const value = (entry: PredictionScores) => entry.metrics[metric.name];
  const notes = [...request.notes ?? []];

  const drugOf = Array.from(rows, (row) => data.drug.of[row]);
  const byCluster = unit === "drug"
    ? clusterLead(rowLead(model, best), drugOf, (drug) => clusters?.get(data.drug.ids[drug]), seed)
    : undefined;
  const leadOverBest = (entry: PredictionScores) =>
    beyondRounding(leadOf(entry, best), { model: value(entry), baseline: value(best) });
  const lead = leadOverBest(model);
  const evidence = {
    metric,
    model: value(model),
    baseline: { name: best.prediction.name, value: value(best) },
    lead,
    unit,
    units: new Set(unitOf).size,
    seeds: model.trainings.length,
    ...(clusters && byCluster ? { clusters: byCluster } : {}),
    facts,
    rows: rows.length,
  };
  const { standing, sentence } = standingOf(evidence);
  if (facts.trainedRows > 0) {
    notes.unshift(`${facts.trainedRows} of the ${counted(rows.length, "evaluated row")} were trained on.`);
  }
  if (sideOfZero(lead) > 0 && byCluster?.carrying) {
    const { label, drug, share, drugs, without } = byCluster.carrying;
    notes.push(
      `${label ? `${label} (${counted(drugs, "drug")})` : data.drug.names[drug]} carries ${
        figures(100 * share, 2)
      } % of the lead over ${best.prediction.name}; without it the lead is ${withInterval(without)}.`,
    );
  }
  const reachable = ceiling?.metrics[metric.name];
  if (reachable !== undefined && advantage(metric, value(model), reachable) > 0) {
    notes.push(
      `${model.prediction.name} passes the noise ceiling (${metric.short} ${figures(value(model))}, ceiling ${
        figures(reachable)
      }): its noise is estimated too high, or replicates of these rows were trained on.`,
    );
  }
  const controls = judgeControls(request, scores, metric, reachable ?? metric.perfect, leadOf, notes);
  return {
    primary: metric.name,
    verdict: {
      standing,
      against: best.prediction.name,
      metric: metric.name,
      lead: lead.value,
      interval: boundsOf(lead),
      unit,
      units: evidence.units,
      seeds: evidence.seeds,
      ...(evidence.clusters
        ? { clusters: { interval: boundsOf(evidence.clusters.interval), units: evidence.clusters.clusters } }
        : {}),
      drugMatters: controls.drug.matters,
      cellMatters: controls.cell.matters,
      sentence,
      controls: controls.text,
    },
    predictions: table(scores, baselines, metric, ceiling, (entry) => ({
      ...(entry === model ? {} : { lead: leadOf(model, entry) }),
      ...(entry.prediction.role === "model" ? { advantage: leadOverBest(entry) } : {}),
      ...(twins.has(entry) ? { coincidesWith: twins.get(entry)! } : {}),
    })),
    density: densityOf(model.trainings[0], data.truth!.take(rows)),
    drugs: partsByKey(data, rows, data.drug, model, best, data.structures),
    cells: partsByKey(data, rows, data.cell, model, best),
    genes: partsByGene(data, rows, model, best),
    notes,
  };
}

function checkRequest({ data, rows, predictions }: EvaluationRequest): void {
  if (!data.truth) throw new RangeError(`${data.name} has no truth to compare predictions with.`);
  if (rows.length === 0) throw new RangeError("There are no rows to evaluate.");
  if (predictions[0]?.role !== "model") {
    throw new RangeError(
      `The first prediction is ${
        predictions[0] ? `a ${predictions[0].role}, "${predictions[0].name}"` : "missing"
      }, expected the model to be judged.`,
    );
  }
  if (data.outputs.kind === "response" && predictions[0].arbitraryScale) {
    throw new RangeError(
      `"${predictions[0].name}" has a scale by chance, which says nothing about a response.`,
    );
  }
  const names = predictions.map(({ name }) => name);
  const twice = names.find((name, place) => names.indexOf(name) < place);
  if (twice !== undefined) {
    throw new RangeError(`Two predictions are called "${twice}", expected distinct names.`);
  }
  if (!predictions.some(({ role }) => role === "baseline")) {
    throw new RangeError(
      "There is no baseline among the predictions, expected at least one to compare with.",
    );
  }
}

function primaryRows({ perRow }: PredictionScores, { name }: Metric): Float64Array {
  return name === "pearson" ? perRow.pearson : perRow.mse;
}

/** The best first; equal ones in their order. */
function ranked(entries: readonly PredictionScores[], metric: Metric): PredictionScores[] {
  const value = (entry: PredictionScores) => entry.metrics[metric.name] ?? NaN;
  return entries.filter((entry) => !Number.isNaN(value(entry)))
    .toSorted((a, b) => advantage(metric, value(b), value(a)));
}

/** Baselines that predict what an earlier one does, to float32 rounding, with its name. */
function coinciding(scores: readonly PredictionScores[]): Map<PredictionScores, string> {
  const twins = new Map<PredictionScores, string>();
  const baselines = scores.filter(({ prediction: { role } }) => role === "baseline");
  baselines.forEach((entry, place) => {
    const twin = baselines.slice(0, place).find((earlier) => same(earlier, entry));
    if (twin) twins.set(entry, twin.prediction.name);
  });
  return twins;
}

function same(a: PredictionScores, b: PredictionScores): boolean {
  return a.trainings.length === b.trainings.length &&
    a.trainings.every((values, training) => {
      const others = b.trainings[training];
      return values.every((value, i) => Math.abs(value - others[i]) <= 1e-6 * Math.max(1, Math.abs(value)));
    });
}

function boundsOf({ low, high }: Interval): readonly [number, number] | null {
  return low === null || high === null ? null : [low, high];
}

function judgeControls(
  { data, rows, predictions }: EvaluationRequest,
  scores: readonly PredictionScores[],
  metric: Metric,
  reachable: number,
  leadOf: (entry: PredictionScores, other: PredictionScores) => Interval,
  notes: string[],
) {
  const [model] = scores;
  const own = scores.filter(({ prediction: { role, control, of } }) =>
    role === "control" && control !== undefined && (of ?? predictions[0].name) === predictions[0].name
  );
  const effects: ControlEffect[] = own.map((entry) => ({
    control: entry.prediction.control!,
    loss: leadOf(model, entry),
    same: same(model, entry),
  }));
  const judge = (input: DisturbedInput) => {
    const all = effects.filter(({ control }) => inputOf(control) === input);
    // Among rows of one drug or cell line a permutation changes nothing and shows nothing.
    const one = input !== "graph" && new Set(Array.from(rows, (row) => data[input].of[row])).size < 2;
    const shown = all.filter(({ control }) => !(one && control.endsWith("permuted")));
    if (shown.length < all.length) {
      notes.push(
        `All evaluated rows are of one ${
          input === "drug" ? "drug" : "cell line"
        }: permuting it changes nothing and is not counted.`,
      );
    }
    const matters = inputMatters(shown, metric, model.metrics[metric.name], reachable);
    return { matters, sentence: controlSentence(input, matters, shown, metric) };
  };
  const sentences = (["drug", "cell", "graph"] as const).map((input) => [input, judge(input)] as const);
  // Most models have no graph, and of those nothing is said.
  const said = sentences.filter(([input, { matters }]) => input !== "graph" || matters !== "untested");
  const [[, drug], [, cell]] = sentences;
  return { drug, cell, text: said.map(([, { sentence }]) => sentence).join(" ") };
}

/** The model first, then other models, baselines from the best down, what they lie between, controls. */
function table(
  scores: readonly PredictionScores[],
  baselines: readonly PredictionScores[],
  metric: Metric,
  ceiling: NoiseCeiling | undefined,
  extras: (entry: PredictionScores) => Partial<Scored>,
): Scored[] {
  const best = new Map<string, number>();
  for (const { metrics } of baselines) {
    for (const [name, value] of Object.entries(metrics)) {
      const earlier = best.get(name);
      if (earlier === undefined || advantage(metricOf(name), value, earlier) > 0) best.set(name, value);
    }
  }
  const shares = (metrics: Readonly<Record<string, number>>) => {
    const found = Object.entries(ceiling?.metrics ?? {}).flatMap(([name, reachable]) => {
      const baseline = best.get(name), value = metrics[name];
      if (baseline === undefined || value === undefined) return [];
      const gap = advantage(metricOf(name), reachable, baseline);
      return gap > 0 ? [[name, advantage(metricOf(name), value, baseline) / gap] as const] : [];
    });
    return found.length > 0 ? { shares: Object.fromEntries(found) } : {};
  };
  const scored = (entry: PredictionScores): Scored => {
    const { prediction: { name, role, description }, metrics, deviations } = entry;
    return {
      name,
      role,
      description,
      metrics,
      ...(deviations ? { deviations } : {}),
      ...(role === "reference" ? {} : shares(metrics)),
      ...extras(entry),
    };
  };
  const of = (...roles: Scored["role"][]) =>
    scores.filter(({ prediction: { role } }) => roles.includes(role)).map(scored);
  return [
    ...of("model"),
    ...ranked(baselines, metric).map(scored),
    ...(ceiling
      ? [
        {
          name: "noise ceiling",
          role: "ceiling",
          description: ceiling.description,
          metrics: ceiling.metrics,
        } as const,
      ]
      : []),
    ...of("ceiling", "reference", "control", "negative"),
  ];
}
