import type { Evaluation } from "../datasets/evaluation/types.ts";
import type { EpochLine } from "../models/train_record.ts";

/** Device time of one kernel in one phase of a profiled step. */
export interface KernelTime {
  /** Its name. */
  readonly kernel: string;
  /** Forward, backward or update. */
  readonly phase: string;
  /** Dispatches in the step. */
  readonly calls: number;
  /** Device time of all of them. */
  readonly milliseconds: number;
  /** Part of the step's device time, 0 to 1. */
  readonly share: number;
  /** Arithmetic a second, by the stated cost. */
  readonly gflops: number;
  /** Traffic a second, by the stated cost. */
  readonly gigabytesPerSecond: number;
}

/** Where and how a run was made. */
export interface Environment {
  /** Adapter and driver. */
  readonly adapter: string;
  /** Whether a software driver stood in for a GPU. */
  readonly software: boolean;
  /** System and cores. */
  readonly machine: string;
  /** Deno or Dawn, and this version. */
  readonly runtime: string;
  /** The command line that made it. */
  readonly command: string;
  /** What the tuner's table changed, in one sentence; absent where none was used. */
  readonly tuned?: string;
}

/** Everything that a run's page shows, whatever the model; `results.json` keeps it and `evaluate --json` prints it. */
export interface RunReport extends Evaluation {
  /** Version of this format. */
  readonly format: "perturbine results 2";
  /** "CSG2A on skbr3". */
  readonly title: string;
  /** Name of the model. */
  readonly model: string;
  /** Name of the layout of the data. */
  readonly layout: string;
  /** What is predicted: names of genes are not repeated here. */
  readonly outputs: { readonly kind: "profile" | "signature" | "response"; readonly unit: string };
  /** Which rows were held out. */
  readonly split: {
    /** In words: "drug-blind, split 0". */
    readonly name: string;
    /** Of `split.json`. */
    readonly checksum: string;
  };
  /** Rows and units. */
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
  /** Epoch whose parameters are the result; null for a closed form. */
  readonly bestEpoch: number | null;
  /** What was chosen on the validation rows. */
  readonly chosen?: string;
  /** Further scores of the model's own, by name. */
  readonly ownScores: Readonly<Record<string, number>>;
  /** Of one profiled step; empty without one. */
  readonly kernels: readonly KernelTime[];
  /** Where and how it was made. */
  readonly environment: Environment;
  /** Over all sessions of the run. */
  readonly trainingSeconds: number;
  /** Device memory in bytes; null without a device. */
  readonly memory: { readonly resident: number; readonly peak: number } | null;
  /** Trained numbers. */
  readonly parameters: number;
  /** The run's complete configuration, as in `config.json`. */
  readonly config: Readonly<Record<string, unknown>>;
}
