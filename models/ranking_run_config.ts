import type { BadgerConfig } from "./badger/config.ts";
import type { BadgerLossConfig } from "./badger/loss.ts";
import type { CigerConfig } from "./ciger/config.ts";
import type { DeepceConfig } from "./deepce/config.ts";
import type { MlpConfig } from "./mlp/config.ts";
import type { LossName } from "./ops/losses/main_loss.ts";
import type { DataConfig, TrainingConfig } from "./run_config.ts";

/** The models that rank genes: BADGER, its ablation, and the baselines it is released with. */
export const rankingFamilies = ["badger", "badger-light", "mlp", "knn", "deepce", "ciger"] as const;

/** One of them. */
export type RankingFamily = typeof rankingFamilies[number];

/** How a BADGER folder is read (badger.md 3.6 and section 4); the released value is every session's default. */
export interface RankingReading {
  /** Sign of the labels. */
  readonly labels: "real" | "real_reverse";
  /** Whether a fragment that a molecule holds twice counts once. */
  readonly fragments: "set" | "multiset";
  /** Which label column is dropped: the alphabetically last, or UNKNOWN alone. */
  readonly lastPathway: "released" | "unknown";
  /** Signatures above it are kept; `prepared`: as the folder was prepared, else 0.2; `off`: all are. */
  readonly minTas: number | "prepared" | "off";
  /** Whether a quality pass is asked for; `prepared`: as the folder was prepared, else yes. */
  readonly requireQc: boolean | "prepared";
  /** Which cell vectors. DeepCE and CIGER take a one-hot instead. */
  readonly cellVectors: "similarity" | "scgpt" | "none";
  /** Name of the gene table; null: the only one of the folder. */
  readonly geneTable: string | null;
  /** Name of the pathways; null: the only ones of the folder. */
  readonly pathways: string | null;
  /** File of fixed drug vectors for the MLP; null: Morgan bits of the molecule. */
  readonly drugVectors: string | null;
  /** Only the first so many genes in sorted order; null: all. For machines without a GPU. */
  readonly genes: number | null;
  /** Unusable signatures are left out and listed, instead of stopping the run. */
  readonly skipBad: boolean;
  /** Control: every drug without structure, or another row's drug. */
  readonly drug: "intact" | "zeroed" | "permuted";
}

/** Which rows train, validate and test. */
export type RankingSplit =
  | {
    /** A fold of the release: whole cell lines, whole drugs, or both held out (badger.md 4.7). */
    readonly kind: "cell_id" | "pert_id" | "pair_id";
    /** 0 to 4. */
    readonly fold: number;
    /** Of numpy's generator; 88 in the release. */
    readonly seed: number;
  }
  | {
    /** By hash: rows, whole drugs or whole cell lines (reference-runs.md section 1). */
    readonly kind: "random" | "drug" | "cell";
    /** Split number of the hash rule. */
    readonly number: number;
  };

/** Sizes that a user chooses; those that follow the data are left to them. */
export type Chosen<Config> = Omit<
  Config,
  "genes" | "pathways" | "cellWidth" | "geneWidth" | "metaWidth" | "drugWidth"
>;

/** What a gene table starts with: Xavier noise, by which the release overwrites it, or the file (badger.md 3.6). */
export interface GeneTableStart {
  /** `released`: noise. */
  readonly geneTableInit: "released" | "file";
}

/** The network's sizes and switches. */
export type RankingModel =
  | ({ readonly family: "badger" | "badger-light" } & Omit<Chosen<BadgerConfig>, "light" | "fingerprintBits">)
  | ({ readonly family: "mlp" } & Chosen<MlpConfig>)
  | ({ readonly family: "knn"; readonly neighbours: number } & Chosen<MlpConfig>)
  | ({ readonly family: "deepce" } & Chosen<DeepceConfig> & GeneTableStart)
  | ({ readonly family: "ciger"; readonly layerNormInit: 0 | 1 } & Chosen<CigerConfig> & GeneTableStart);

/** The loss: the main term by its released name, and BADGER's further terms (badger.md section 3). */
export interface RankingLoss extends Omit<BadgerLossConfig, "loss" | "labelType"> {
  /** Main term. */
  readonly main: LossName;
}

/** How a run is trained (badger.md 3.5). */
export interface RankingTraining extends Omit<TrainingConfig, "schedule"> {
  /** `cumulative` as released: the counter is never set back. */
  readonly patienceKind: "cumulative" | "consecutive";
}

/** Everything that determines a run of a ranking model: its `config.json`. */
export interface RankingRunConfig {
  /** Version of this format. */
  readonly format: "perturbine ranking run 1";
  /** The session file it started from: a shipped one by its name, or a path. */
  readonly session: string;
  /** A BADGER folder, or the simulator's. */
  readonly data: DataConfig;
  /** How it is read. */
  readonly reading: RankingReading;
  /** Which rows train, validate and test. */
  readonly split: RankingSplit;
  /** The network. */
  readonly model: RankingModel;
  /** What it minimises. */
  readonly loss: RankingLoss;
  /** Its training. */
  readonly training: RankingTraining;
}
