import { advantage, metricOf } from "../../datasets/metrics/registry.ts";
import { correctedPairedTest } from "../../datasets/statistics/corrected_paired_test.ts";
import type { RunReport } from "../../report/run_report.ts";
import type { StudyRow } from "../../report/study_report.ts";
import type { ModelTable } from "../evaluate.ts";
import { momentsOf } from "../over_folds.ts";

/** One fold: a report a model, each with every baseline beside it. */
export interface FoldReports {
  /** One a model, in one order in all folds; their metrics are means over seeds. */
  readonly reports: readonly RunReport[];
  /** One a model: whether it is a free baseline. */
  readonly roles: ModelTable["roles"];
}

/** Of a prediction: one value a fold. */
type Values = readonly number[];

/**
 * The rows of a table over folds: mean and deviation over folds, and leads paired over folds. Folds share most of their training
 * rows, so that the spread of their differences is too small for a test; the corrected test of Nadeau and Bengio (2003) is used.
 */
export function foldRows(
  folds: readonly FoldReports[],
  names: readonly string[],
): Omit<StudyRow, "data" | "split">[] {
  const [{ reports: [{ primary }] }] = folds;
  const metric = metricOf(primary);
  const { test, train } = folds[0].reports[0].counts;
  const modelCount = folds[0].reports.length;
  const own = Array.from(
    { length: modelCount },
    (_, at) => folds.map(({ reports }) => reports[at].predictions[0]),
  );
  const modelNames = own.map(([{ name }]) => name);
  // Baselines and controls by name, as far as every fold has them.
  const others = folds[0].reports[0].predictions
    .filter(({ name, role }) => role !== "model" && !modelNames.includes(name))
    .map(({ name, role }) => ({
      name,
      role,
      scores: folds.map(({ reports: [report] }) => report.predictions.find((one) => one.name === name)),
    }))
    .filter(({ scores }) => scores.every((score) => score !== undefined));
  const valuesOf = (
    scores: readonly ({ readonly metrics: Readonly<Record<string, number>> } | undefined)[],
  ): Values => scores.map((score) => score!.metrics[primary]);
  const free = [
    ...others.filter(({ role }) => role === "baseline").map(({ name, scores }) => ({
      name,
      values: valuesOf(scores),
    })),
    ...own.flatMap((scores, at) =>
      folds[0].roles[at] === "baseline" ? [{ name: names[at], values: valuesOf(scores) }] : []
    ),
  ].filter(({ values }) => values.every(Number.isFinite));
  const drugMean = free.find(({ name }) => name === "Drug mean");
  const compared = (values: Values, other: Values) => {
    const differences = values.map((value, fold) => advantage(metric, value, other[fold]));
    return correctedPairedTest(differences, test / train);
  };
  const models = own.map((scores, at) => {
    const values = valuesOf(scores);
    const best = free.filter(({ name }) => name !== names[at])
      .reduce((a, b) => advantage(metric, momentsOf(b.values).mean, momentsOf(a.values).mean) > 0 ? b : a);
    const lead = compared(values, best.values);
    const { verdict } = folds[0].reports[at];
    const beside = drugMean && drugMean.name !== names[at] ? compared(values, drugMean.values) : undefined;
    return {
      model: names[at],
      role: "model" as const,
      ...(folds[0].roles[at] === "baseline" ? { free: true as const } : {}),
      seeds: verdict.seeds,
      metrics: metricsOver(scores),
      lead: { value: lead.mean, low: lead.low, high: lead.high, against: best.name },
      ...(beside
        ? { overDrugMean: { value: beside.mean, low: beside.low, high: beside.high, p: beside.p } }
        : {}),
      standing: lead.low === null || lead.low <= 0 && lead.high! >= 0
        ? "level" as const
        : lead.low > 0
        ? "ahead" as const
        : "behind" as const,
      drugMatters: agreed(folds.map(({ reports }) => reports[at].verdict.drugMatters)),
    };
  });
  const seeds = Math.max(...models.map((row) => row.seeds));
  return [
    ...models,
    ...others.map(({ name, role, scores }) => ({
      model: name,
      role,
      seeds: scores[0]!.deviations ? seeds : 1,
      metrics: metricsOver(scores as NonNullable<typeof scores[number]>[]),
    })),
  ];
}

function metricsOver(
  scores: readonly { readonly metrics: Readonly<Record<string, number>> }[],
): StudyRow["metrics"] {
  const names = Object.keys(scores[0].metrics).filter((name) =>
    scores.every(({ metrics }) => name in metrics)
  );
  return Object.fromEntries(names.map((name) => {
    const values = scores.map(({ metrics }) => metrics[name]);
    const { mean, deviation, folds } = momentsOf(values);
    return [name, { mean, sd: folds > 1 ? deviation : null }];
  }));
}

/** What all folds say; else it is unclear. */
function agreed(
  says: readonly NonNullable<StudyRow["drugMatters"]>[],
): NonNullable<StudyRow["drugMatters"]> {
  return says.every((one) => one === says[0]) ? says[0] : "unclear";
}
