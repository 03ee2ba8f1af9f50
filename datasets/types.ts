import type { Matrix, SkippedRow } from "./dataset.ts";

/** A table of expression values: one row a profile, one column a gene. */
export interface ExpressionTable {
  /** Where it was read from, for messages. */
  readonly file: string;
  /** Gene symbols in column order. */
  readonly genes: readonly string[];
  /** Profiles. */
  readonly rows: number;
  /** rows x genes: in memory, or read from the file when asked for. */
  readonly values: Matrix;
  /** What was unusual about the file and put right; absent where nothing was. */
  readonly notes?: readonly string[];
  /** Columns that name the rows, which are no genes; absent where there are none. */
  readonly rowNames?: readonly RowNames[];
}

/** A column that names rows. */
export interface RowNames {
  /** Of the column, "" where it has none. */
  readonly name: string;
  /** A text a row. */
  readonly texts: readonly string[];
}

/** Protein-protein interactions among `genes`, as CSR rows of ones, indices ascending, identity included by default. */
export interface PpiGraph {
  /** Gene of every row and column. */
  readonly genes: readonly string[];
  /** `genes.length + 1` row starts. */
  readonly indptr: Uint32Array<ArrayBuffer>;
  /** Column of every one, ascending inside a row. */
  readonly indices: Uint32Array<ArrayBuffer>;
}

/** How the distances of a molecule were obtained. */
export type DistanceMode = "file" | "rule" | "path";

/**
 * A molecule as the MAT encoder sees it (csg2a.md 6.3): node 0 is the dummy, atoms follow in SMILES order.
 */
export interface MoleculeGraph {
  /** What was parsed. */
  readonly smiles: string;
  /** Atoms plus the dummy node. */
  readonly nodes: number;
  /** `nodes * 28` one-hot features. */
  readonly features: Float32Array<ArrayBuffer>;
  /** `nodes * nodes`, bonds and self loops of atoms; the dummy's row and column are zero. */
  readonly adjacency: Float32Array<ArrayBuffer>;
  /** `nodes * nodes`, ångström; the dummy's row and column (its diagonal too) are 1e6. */
  readonly distance: Float32Array<ArrayBuffer>;
  /** Which source gave `distance`. */
  readonly distanceMode: DistanceMode;
}

/** One row a sample; fields that a layout lacks are undefined. */
export interface SampleTable {
  /** Samples. */
  readonly rows: number;
  /** µM, one a row. */
  readonly dose: Float32Array<ArrayBuffer>;
  /** Hours, one a row. */
  readonly time: Float32Array<ArrayBuffer>;
  /** As written in the file. */
  readonly smiles: readonly string[];
  /** Distinct SMILES in order of first appearance. */
  readonly drugs: readonly string[];
  /** Row -> index into `drugs`. */
  readonly drugOfRow: Uint32Array<ArrayBuffer>;
  /** Names for display, one a distinct drug, when the file has them (`pert_iname`, `drug_name`); else the SMILES. */
  readonly drugNames: readonly string[];
  /** Cell line of each row, when the file has a `cell_id` column. */
  readonly cells?: readonly string[];
  /** Row of each sample in its file, 1 for the first below the header; absent when the table is not from a file. */
  readonly fileRows?: Uint32Array<ArrayBuffer>;
}

/** The CSG2A pretraining layout (csg2a.md 6.1): basal profile, condition, perturbed profile. */
export interface PretrainingData {
  /** Tells the layouts apart. */
  readonly kind: "pretraining";
  /** Where it was read from, for messages. */
  readonly folder: string;
  /** Gene symbols in column order. */
  readonly genes: readonly string[];
  /** Conditions, one a row. */
  readonly samples: SampleTable;
  /** rows x genes, control (DMSO) profiles. */
  readonly basal: Matrix;
  /** rows x genes, perturbed profiles: the target. */
  readonly perturbed: Matrix;
  /** Rows of the files that were left out; absent when nothing was skipped. */
  readonly skipped?: readonly SkippedRow[];
  /** What was unusual about the files and put right; absent where nothing was. */
  readonly notes?: readonly string[];
}

/** The CSG2A fine-tuning layout: basal profile, drug, ln IC50. Dose is 10 µM and time 72 h in every row. */
export interface FinetuningData {
  /** Tells the layouts apart. */
  readonly kind: "finetuning";
  /** Where it was read from, for messages. */
  readonly folder: string;
  /** Gene symbols in column order. */
  readonly genes: readonly string[];
  /** Drugs and cells, one a row. */
  readonly samples: SampleTable;
  /** rows x genes, untreated profiles. */
  readonly basal: Matrix;
  /** ln IC50, one a row. */
  readonly logIc50: Float32Array<ArrayBuffer>;
  /** Rows of the files that were left out; absent when nothing was skipped. */
  readonly skipped?: readonly SkippedRow[];
  /** What was unusual about the files and put right; absent where nothing was. */
  readonly notes?: readonly string[];
}

/** What the fitted model is asked to predict: conditions and basal profiles, in the model's gene order. */
export interface PredictionInput {
  /** Tells the layouts apart. */
  readonly kind: "prediction";
  /** Where it was read from, for messages. */
  readonly file: string;
  /** Genes of the model, in its order. */
  readonly genes: readonly string[];
  /** Conditions, one a row. */
  readonly samples: SampleTable;
  /** rows x genes. */
  readonly basal: Matrix;
  /** Rows of the file that were left out; absent when nothing was skipped. */
  readonly skipped?: readonly SkippedRow[];
}

/** Row numbers of the three parts of a data set, ascending inside each part. */
export interface Split {
  /** For messages and records. */
  readonly name: string;
  /** What a bootstrap draws anew, because the split holds it out; absent: drugs. */
  readonly unit?: "drug" | "cell";
  /** Rows to fit. */
  readonly train: Uint32Array<ArrayBuffer>;
  /** Rows to choose the epoch by. */
  readonly validation: Uint32Array<ArrayBuffer>;
  /** Rows to report. */
  readonly test: Uint32Array<ArrayBuffer>;
}
