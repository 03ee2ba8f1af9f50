import type { Evaluation } from "../datasets/evaluation/types.ts";
import type { EpochLine } from "../models/train_record.ts";

/** Device time of one kernel in one phase of a profiled step. */
export interface KernelTime {
  readonly kernel: string;
  readonly phase: string;
  readonly calls: number;
  readonly milliseconds: number;
  /** Part of the step's device time, 0 to 1. */
  readonly share: number;
  readonly gflops: number;
  readonly gigabytesPerSecond: number;
}

/** Where and how a run was made. */
export interface Environment {
  readonly adapter: string;
  readonly software: boolean;
  readonly machine: string;
  readonly runtime: string;
  /** The command line that made it. */
  readonly command: string;
}

/** Everything that a run's page shows, whatever the model; `results.json` keeps it and `evaluate --json` prints it. */
export interface RunReport extends Evaluation {
  readonly format: "perturbine results 2";
  /** "CSG2A on skbr3". */
  readonly title: string;
  /** Name of the model. */
  readonly model: string;
  readonly layout: string;
  /** What is predicted: names of genes are not repeated here. */
  readonly outputs: { readonly kind: "profile" | "signature" | "response"; readonly unit: string };
  readonly split: {
    /** In words: "drug-blind, split 0". */
    readonly name: string;
    /** Of `split.json`. */
    readonly checksum: string;
  };
  readonly counts: {
    readonly train: number;
    readonly validation: number;
    readonly test: number;
    readonly drugs: number;
    readonly cells: number;
    readonly outputs: number;
    /** Distinct drugs and cell lines of the test part, and how many of them were trained on. */
    readonly testDrugs: number;
    readonly testDrugsTrained: number;
    readonly testCells: number;
    readonly testCellsTrained: number;
  };
  /** Empty for a model that is fitted in closed form. */
  readonly epochs: readonly EpochLine[];
  readonly bestEpoch: number | null;
  /** What was chosen on the validation rows. */
  readonly chosen?: string;
  /** Further scores of the model's own, by name. */
  readonly ownScores: Readonly<Record<string, number>>;
  readonly kernels: readonly KernelTime[];
  readonly environment: Environment;
  readonly trainingSeconds: number;
  readonly memory: { readonly resident: number; readonly peak: number } | null;
  readonly parameters: number;
  /** The run's complete configuration, as in `config.json`. */
  readonly config: Readonly<Record<string, unknown>>;
}
