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
  /** Of a model of the study that is a free baseline: ridge, a mean, nearest drugs. */
  readonly free?: true;
  /** Trainings (and splits, where each seed has its own); of one fold where there are folds. */
  readonly seeds: number;
  /** By the names of the metric registry; `sd` over folds, else over seeds, null where there was one. */
  readonly metrics: Readonly<Record<string, { readonly mean: number; readonly sd: number | null }>>;
  /** How much better it is than the best free baseline other than itself; absent where it was not asked. */
  readonly lead?: Interval & { readonly against: string };
  /** In a set with folds: how much better it is than the drug mean, paired over folds, and the p-value of that. */
  readonly overDrugMean?: Interval & { readonly p: number | null };
  /** Of models where mechanisms are given: the lead over the best free baseline by whether the drug's mechanism was trained on. */
  readonly strata?: readonly Stratum[];
  /** Of models: what the interval says. */
  readonly standing?: Verdict["standing"];
  /** Of models: whether a disturbed drug makes it worse. */
  readonly drugMatters?: Verdict["drugMatters"];
}

/** The drugs of the test part of one kind. */
export interface Stratum {
  /** `seen`: a drug that is trained on shares a mechanism with it; `unseen`: none does; `unknown`: the table says nothing of it. */
  readonly mechanism: "seen" | "unseen" | "unknown";
  /** How many. */
  readonly drugs: number;
  /** Of the squared error, over drugs: positive where the model's is less than the best free baseline's. */
  readonly lead: Interval;
}

/** Where the rows of a data set came from. */
export interface StudySource {
  /** Name of the data set. */
  readonly data: string;
  /** Rows of it. */
  readonly rows: number;
  /** Of all that a model can learn from. */
  readonly fingerprint: string;
  /** Files that were read, with their SHA-256; empty for simulated data. */
  readonly files: readonly { readonly name: string; readonly sha256: string }[];
}

/** What a study's trainings took. */
export interface StudyCompute {
  /** Trainings. */
  readonly runs: number;
  /** Of all trainings together, without evaluation. */
  readonly trainingSeconds: number;
  /** Adapters they ran on. */
  readonly adapters: readonly string[];
  /** This version, and what it ran on. */
  readonly runtime: string;
}

/** What was trained, as one model's entry. */
export interface StudyVariant {
  /** As in the rows. */
  readonly model: string;
  /** Preset, settings and training that differ from it, where its parameters came from. */
  readonly description: string;
}

/** Figures of others: never ranked with measured ones. */
export interface PublishedFigures {
  /** Where they are printed. */
  readonly source: string;
  /** Names of the columns behind the model's. */
  readonly columns: readonly string[];
  /** As printed. */
  readonly rows: readonly { readonly model: string; readonly figures: readonly string[] }[];
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
  /** Folds that were trained and tested; absent where the split has none. Then leads are paired over folds. */
  readonly folds?: number;
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
  /** What was done, in words. */
  readonly method?: string;
  /** What was trained. */
  readonly variants?: readonly StudyVariant[];
  /** Where the rows came from. */
  readonly sources?: readonly StudySource[];
  /** What it took. */
  readonly compute?: StudyCompute;
  /** Figures of others, beside. */
  readonly published?: PublishedFigures;
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
