/** Where the samples come from: a folder in the released CSG2A layout, or the built-in simulator. */
export type DataConfig =
  | {
    /** Files. */
    readonly source: "folder";
    /** The folder. */
    readonly folder: string;
  }
  | {
    /** Nothing is read. */
    readonly source: "simulator";
    /** Options of `simulateL1000` that differ from its defaults. */
    readonly options: Readonly<Record<string, unknown>>;
  };

/** Which rows train, validate and test. Sources: reference-runs.md section 1, csg2a.md 5 and 1.6. */
export type SplitConfig =
  | {
    /**
     * `random`: rows by hash; `blind`: whole drugs by hash; `torch`: PyTorch's permutation, as the released notebooks;
     * `condition`: whole conditions (drug, cell, dose, time), replicates together.
     */
    readonly kind: "random" | "blind" | "torch" | "condition";
    /** Split number of the hash rule, else a seed. */
    readonly number: number;
  }
  | {
    /** One fold of a cross-validation. */
    readonly kind: "folds";
    /** What a test fold holds out. */
    readonly setting: "mixed" | "cell-blind" | "drug-blind" | "disjoint";
    /** How many folds; 10 in the paper. */
    readonly folds: number;
    /** Which one is tested, from 0. */
    readonly fold: number;
    /** Seed by which units are dealt into folds. */
    readonly number: number;
  };

/** How the learning rate runs over the epochs. */
export type ScheduleConfig =
  | {
    /** The same rate throughout. */
    readonly kind: "constant";
  }
  | {
    /** Cosine annealing, stepped once an epoch. */
    readonly kind: "cosine";
    /** Epochs from the first rate down to `floor`; the rate stays there afterwards. */
    readonly epochs: number;
    /** Last learning rate. */
    readonly floor: number;
  };

/** The network's sizes and switches (rows are those of csg2a.md section 3). */
export interface ModelConfig {
  /** `rowsum` as released, `matmul` as the paper's text says (row 1). */
  readonly variant: "rowsum" | "matmul";
  /** Width b of the gene queries. */
  readonly hiddenWidth: number;
  /** Size of the molecule encoder; `heads` divides `width`. */
  readonly mat: { readonly width: number; readonly layers: number; readonly heads: number };
  /** Before the last linear of the feed-forward, and in the fine-tuning heads. */
  readonly dropout: number;
  /** In the condition encoder; the release fixes it at 0.1 (row 18). */
  readonly cceDropout: number;
  /** Ablation of the paper's Figure 2: feed-forward(g0 + comp), no attention (row 20). */
  readonly plainLinear: boolean;
  /** Fine-tuning head's basal input (row 6). */
  readonly headInput: "raw" | "scaled";
  /** Whether the transferred network is frozen in fine-tuning. */
  readonly frozen: boolean;
  /** What a frozen network's BatchNorm and dropout do (row 10): `train` as released. */
  readonly frozenMode: "train" | "eval";
}

/** How a run is trained (csg2a.md section 5). */
export interface TrainingConfig {
  /** At most so many epochs. */
  readonly epochs: number;
  /** Epochs without improvement before stopping; null: all epochs are run and the last parameters are kept. */
  readonly patience: number | null;
  /** Samples a step. */
  readonly batchSize: number;
  /** Of initialisation, order of batches and dropout. */
  readonly seed: number;
  /** Of the first epoch. */
  readonly learningRate: number;
  /** Added to the gradient inside Adam, as released (row 12). */
  readonly weightDecay: number;
  /** Global L2 norm to which gradients are clipped; null: not at all, as released. */
  readonly clipNorm: number | null;
  /** Learning rate over the epochs (row 11). */
  readonly schedule: ScheduleConfig;
  /** Losses are read back every so many steps. Changes no result. */
  readonly readEvery: number;
  /** The state is saved every so many steps, besides every epoch; 0: epochs only. Changes no result. */
  readonly saveEvery: number;
}

/**
 * Everything that determines a run: `config.json` of a run folder holds exactly this, and `--config` reads it back.
 *
 * Every switch of csg2a.md section 3 is here; defaults (see `presets`) are the release's.
 */
export interface RunConfig {
  /** Version of this format. */
  readonly format: "perturbine run 1";
  /** Which model. */
  readonly family: "csg2a";
  /** LINCS pretraining, or transfer to ln IC50. */
  readonly stage: "pretraining" | "finetuning";
  /** What the configuration started from. */
  readonly preset: "released" | "small" | "demo";
  /** Run folder or checkpoint whose parameters are taken over; null: initialised as released. */
  readonly from: string | null;
  /** Where the samples come from. */
  readonly data: DataConfig;
  /** The PPI matrix P. */
  readonly ppi: {
    /** File of STRING edges; `simulator`: the simulator's own graph; null: none. */
    readonly edges: string | null;
    /** Whether the diagonal is 1 (row 3). Without edges and identity P = 0, the no-PPI ablation (row 21). */
    readonly identity: boolean;
  };
  /** How molecules reach the model. */
  readonly molecules: {
    /** How atom distances are obtained where no conformer is given (csg2a.md 6.4). */
    readonly distances: "rule" | "path";
    /** Conformer file, looked up first; null: none. */
    readonly conformers: string | null;
    /** Faulty rows and those whose SMILES cannot be parsed are left out and listed, instead of stopping the run. */
    readonly skipBad: boolean;
    /** Control: `removed` makes every molecule the dummy node, `permuted` shuffles molecules over rows. */
    readonly drug: "intact" | "removed" | "permuted";
  };
  /** Which rows train, validate and test. */
  readonly split: SplitConfig;
  /** The network. */
  readonly model: ModelConfig;
  /** Its training. */
  readonly training: TrainingConfig;
}
