import type { Interval, Role, Unit, Verdict } from "../datasets/evaluation/types.ts";
import { signOf } from "./metric.ts";

/** One model or baseline on one data set under one split, over all its trainings. */
export interface StudyRow {
  /** As in the other rows of its set: `skbr3`. */
  readonly data: string;
  /** In words, without the seed: `drug-blind`. */
  readonly split: string;
  /** Name of the prediction: a model's title, or a baseline's name. */
  readonly model: string;
  /** What it is to the reader. */
  readonly role: Role;
  /** Trainings (and splits, where each seed has its own). */
  readonly seeds: number;
  /** By the names of the metric registry; `sd` over seeds, null where there was one. */
  readonly metrics: Readonly<Record<string, { readonly mean: number; readonly sd: number | null }>>;
  /** How much better it is than the best free baseline other than itself; absent where it was not asked. */
  readonly lead?: Interval & { readonly against: string };
  /** Of models: what the interval says. */
  readonly standing?: Verdict["standing"];
  /** Of models: whether a disturbed drug makes it worse. */
  readonly drugMatters?: Verdict["drugMatters"];
}

/** One data set under one split: what all its rows share. */
export interface StudySet {
  /** Name of the data set. */
  readonly data: string;
  /** In words. */
  readonly split: string;
  /** Name of the metric that ranks here. */
  readonly primary: string;
  /** What was drawn in the bootstrap. */
  readonly unit: Unit;
  /** How many of them, over all seeds. */
  readonly units: number;
  /** Test rows, over all seeds. */
  readonly testRows: number;
}

/** Data sets x splits x models, each with its baselines, in one table. */
export interface StudyReport {
  /** Of the page. */
  readonly title: string;
  /** Data sets under their splits. */
  readonly sets: readonly StudySet[];
  /** In any order; each belongs to a set by `data` and `split`. */
  readonly rows: readonly StudyRow[];
  /** What a reader must not miss. */
  readonly notes: readonly string[];
  /** The command line that made it. */
  readonly command: string;
}

/** A set with its rows: models and baselines by the primary metric, the best first, then the rest. */
export interface StudyGroup extends StudySet {
  readonly rows: readonly StudyRow[];
}

/** The rows of a study by data set and split. */
export function groupsOf({ sets, rows }: StudyReport): StudyGroup[] {
  return sets.map((set) => {
    const { primary } = set;
    const goodness = ({ metrics }: StudyRow) =>
      primary in metrics ? signOf(primary) * metrics[primary].mean : -Number.MAX_VALUE;
    return {
      ...set,
      rows: rows.filter(({ data, split }) => data === set.data && split === set.split)
        .toSorted((a, b) => Number(!contends(a)) - Number(!contends(b)) || goodness(b) - goodness(a)),
    };
  });
}

/** The best model or free baseline of a set. */
export function leaderOf({ rows, primary }: StudyGroup): StudyRow | undefined {
  return rows.find((row) => contends(row) && primary in row.metrics);
}

function contends({ role }: StudyRow): boolean {
  return role === "model" || role === "baseline";
}
