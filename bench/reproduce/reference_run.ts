/** A published figure: over several seeds its mean, and their sample standard deviation where it was printed. */
export type PublishedFigure = readonly [mean: number, deviation?: number];

/** A figure of a run that was published too. */
export interface ReproducedMetric {
  readonly name: string;
  readonly unit: string;
  /** Where the run keeps it: in results.json, in the metrics of its first prediction or, with a dot between, deeper. */
  readonly field: string;
  /** By the number of epochs after which it was published. */
  readonly published: Readonly<Record<number, PublishedFigure>>;
  /** The same of free baselines, by their names in results.json. Those that choose more than the published ones did are left out. */
  readonly baselines?: Readonly<Record<string, number>>;
}

/** A training run before the one that is scored, which takes its parameters over. */
export interface Pretraining {
  readonly words: readonly string[];
  /** What `--pretraining-data` must be. */
  readonly data: string;
}

/** A published training run: the words after `perturbine` that repeat it, and what was printed. */
export interface ReferenceRun {
  readonly name: string;
  readonly title: string;
  /** What `--data` must be. */
  readonly data: string;
  readonly words: readonly string[];
  readonly epochs: number;
  readonly seeds: readonly number[];
  readonly metrics: readonly ReproducedMetric[];
  readonly source: string;
  /** Run once, with a seed of its own. */
  readonly pretraining?: Pretraining;
  /** Columns that the gene table of the data is given, where they are part of the model and their content is not. */
  readonly geneTableWidth?: number;
  readonly note?: string;
}
