import type { OnBits } from "../molecules/fingerprint.ts";
import type { SkippedRow } from "../dataset.ts";

/** The name that stands for a cell line, drug or dose outside the lists of the training data (badger.md 4.2). */
export const unknownName = "UNK";

/** Length of the Morgan fingerprints of fragments and molecules. */
export const fingerprintBits = 1024;

/** A table of numbers, one named row a thing; `values` is row-major, `names.length * width`. */
export interface FeatureTable {
  /** Where it was read from, for messages. */
  readonly file: string;
  /** Row names. */
  readonly names: readonly string[];
  /** Numbers a row. */
  readonly width: number;
  /** Row-major. */
  readonly values: Float32Array<ArrayBuffer>;
  /** Column names, when the file has a header. */
  readonly columns?: readonly string[];
}

/** A drug as BADGER and its baselines see it (badger.md 4.4). */
export interface BadgerDrug {
  /** `pert_id`. */
  readonly id: string;
  /** What people call it; ids of one name are one drug when drugs are held out or averaged. The id where no name is known. */
  readonly name: string;
  /** As written in the file. */
  readonly smiles: string;
  /** BRICS fragments in code-point order; with `fragments: "multiset"` each as often as the molecule holds it. */
  readonly fragments: readonly string[];
  /** Morgan bits (radius 2, 1024) of each fragment. */
  readonly fragmentBits: readonly OnBits[];
  /** Morgan bits of the whole molecule. */
  readonly moleculeBits: OnBits;
}

/** Which pathways the targets of each drug lie in (badger.md 4.5). */
export interface PathwayLabels {
  /** The file the labels come from. */
  readonly file: string;
  /** Names of the label columns, sorted. */
  readonly names: readonly string[];
  /** What `lastPathway` dropped from the sorted names; undefined when nothing was. */
  readonly dropped?: string;
  /** drugs x names, 0 or 1; rows in the order of `BadgerData.drugs`. */
  readonly labels: Uint8Array<ArrayBuffer>;
  /** Start values of the trainable pathway table, rows in the order of `names`; absent: the table starts orthogonal. */
  readonly table?: FeatureTable;
}

/** How many rows each filter of badger.md 4.2 left. */
export interface SignatureCounts {
  /** In the files. */
  readonly read: number;
  /** After the drug selection. */
  readonly selected: number;
  /** After the activity limit. */
  readonly active: number;
  /** After the quality filter. */
  readonly passed: number;
  /** After dropping repeated conditions. */
  readonly distinct: number;
  /** With a SMILES that can be parsed, and a cell vector where wanted. */
  readonly usable: number;
}

/** Distinct values in order of first appearance after the filters, `UNK` last; what one-hots count in (badger.md 4.9). */
export interface BadgerLists {
  /** Cell lines. */
  readonly cells: readonly string[];
  /** Drugs. */
  readonly drugs: readonly string[];
  /** Doses as written, `10 uM`. */
  readonly doses: readonly string[];
}

/** A data set in the BADGER layout (badger.md section 4): one row a signature, every width that of the files. */
export interface BadgerData {
  /** Tells the layouts apart. */
  readonly kind: "badger";
  /** Where it was read from, for messages. */
  readonly folder: string;
  /** Gene symbols in code-point order: the order of labels, predictions and gene features. */
  readonly genes: readonly string[];
  /** Signatures. */
  readonly rows: number;
  /** `sig_id` of each row. */
  readonly signatureIds: readonly string[];
  /** rows x genes: the target of loss and metrics, its sign turned for `real_reverse`. */
  readonly labels: Float32Array<ArrayBuffer>;
  /** What `labels` are. */
  readonly labelType: "real" | "real_reverse";
  /** Distinct drugs in order of first appearance among the rows. */
  readonly drugs: readonly BadgerDrug[];
  /** Row -> index into `drugs`. */
  readonly drugOfRow: Uint32Array<ArrayBuffer>;
  /** Distinct cell lines in order of first appearance among the rows. */
  readonly cells: readonly string[];
  /** Row -> index into `cells`. */
  readonly cellOfRow: Uint32Array<ArrayBuffer>;
  /** Dose of each row as written. */
  readonly doses: readonly string[];
  /** Time of each row as written. */
  readonly times: readonly string[];
  /** Lists of the one-hots and of the folds. */
  readonly lists: BadgerLists;
  /** One row a cell line, in the order of `cells`; absent when read without. */
  readonly cellVectors?: FeatureTable;
  /** Vectors of all cell lines of the file, those without signatures too: a query may ask for any of them. */
  readonly cellTable?: FeatureTable;
  /** Control profiles of cell lines, by which a new one is embedded; absent when the folder has none. */
  readonly controls?: FeatureTable;
  /** Fixed vectors of the drugs instead of Morgan bits, one row a drug in the order of `drugs`; absent unless asked for. */
  readonly drugVectors?: FeatureTable;
  /** One row a gene, in the order of `genes`; absent when the folder has none. */
  readonly geneTable?: FeatureTable;
  /** Absent when the folder has no drug targets. */
  readonly pathways?: PathwayLabels;
  /** What the filters left. */
  readonly counts: SignatureCounts;
  /** Rows left out because bad ones are skipped, with the reason. */
  readonly skipped: readonly SkippedRow[];
  /** What was unusual about the files and put right; absent where nothing was. */
  readonly notes?: readonly string[];
}
