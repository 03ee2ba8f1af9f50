import { number, percent } from "../../report/kit/numbers.ts";
import type { ReportData, Score } from "./report_data.ts";

/** Whether the model beat what costs nothing, and by how much. */
export interface Verdict {
  /** One sentence, the first thing a reader sees. */
  readonly headline: string;
  /** By how much, in one sentence. */
  readonly detail: string;
  readonly tone: "good" | "mixed" | "bad";
  /** The best free baseline on the ranking metric. */
  readonly best: Score;
  /** Model's error relative to the best baseline's: -0.05 is 5 % lower. */
  readonly relative: number;
  readonly beaten: readonly Score[];
  readonly unbeaten: readonly Score[];
}

/** The model's own score. */
export function modelScore(data: Pick<ReportData, "scores">): Score {
  return data.scores.find((score) => score.role === "model")!;
}

/** Compares the model with every free baseline on the ranking metric; equal counts as not beaten, coinciding ones count once. */
export function verdictOf(data: Pick<ReportData, "scores" | "ranking">): Verdict {
  const { ranking } = data;
  const model = modelScore(data);
  const baselines = data.scores.filter(({ role, coincidesWith }) => role === "baseline" && !coincidesWith)
    .toSorted((a, b) => a[ranking] - b[ranking]);
  const best = baselines[0];
  const beaten = baselines.filter((score) => model[ranking] < score[ranking]);
  const unbeaten = baselines.filter((score) => !(model[ranking] < score[ranking]));
  const relative = model[ranking] / best[ranking] - 1;
  const tone = unbeaten.length === 0 ? "good" : beaten.length === 0 ? "bad" : "mixed";
  const metric = ranking.toUpperCase();
  const headline = tone === "good"
    ? "Beats every free baseline"
    : tone === "mixed"
    ? `Beats ${beaten.length} of ${baselines.length} free baselines, but not ${list(unbeaten)}`
    : "Beats no free baseline";
  const gap = relative === 0
    ? "equal to"
    : `${percent(Math.abs(relative))} ${relative < 0 ? "below" : "above"}`;
  const detail = `${metric} ${
    number(model[ranking])
  } on the test part, ${gap} the best of them, ${best.name} (${number(best[ranking])}).`;
  return { headline, detail, tone, best, relative, beaten, unbeaten };
}

function list(scores: readonly Score[]): string {
  const names = scores.map(({ name }) => name);
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
}
