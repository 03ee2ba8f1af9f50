import type { Dataset, DrugIdentity } from "../dataset.ts";
import type { SettingsSchema } from "../settings_schema.ts";

/** What reading needs besides a layout's own settings. */
export interface ReadContext {
  /** How drugs are told apart. */
  readonly identity: DrugIdentity;
  /** Order of genes that trained parameters prescribe; absent: that of the files. */
  readonly genes?: readonly string[];
}

/** An input that is disturbed to see whether a model uses it. */
export type ControlName =
  | "drug-removed"
  | "drug-permuted"
  | "cell-permuted"
  | "edges-shuffled"
  | "features-permuted";

/** All of them, in the order of tables. */
export const controlNames: readonly ControlName[] = [
  "drug-removed",
  "drug-permuted",
  "cell-permuted",
  "edges-shuffled",
  "features-permuted",
];

/** How a layout disturbs an input. */
export interface Control<Inputs> {
  /** The same word in every layout, flag and table. */
  readonly name: ControlName;
  /** What a reader is told: "every drug without structure". */
  readonly description: string;
  /**
   * What a model is shown with that input disturbed in the given rows: inputs of the layout and, for models that look at the row
   * table alone, its keys, structures and basal profiles. The truth and all other rows stay. A permutation deals the distinct
   * drugs (or cell lines) of `rows` anew among themselves, by identity, so that none keeps its own where that is possible.
   *
   * @returns the data, or a sentence that says why nothing can be disturbed here (a test part of one cell line).
   */
  disturb(data: Dataset<Inputs>, rows: Uint32Array, seed: number): Dataset<Inputs> | string;
}

/** Drug of a grid or a library. */
export interface QueryDrug {
  /** For tables. */
  readonly name: string;
  /** Structure. */
  readonly smiles: string;
}

/** Rows that a user wants predicted: a file of conditions, or every combination of drugs, doses and cell lines. */
export interface QueryRequest {
  /** CSV of conditions, one a row. */
  readonly file?: string;
  /** Each drug at each dose in each cell line. */
  readonly grid?: {
    readonly drugs: readonly QueryDrug[];
    /** µM; absent: the commonest of the run's data. */
    readonly doses?: readonly number[];
    /** Hours; absent: the commonest of the run's data. */
    readonly times?: readonly number[];
    readonly cells: readonly string[];
  };
  /** Cell line whose basal profile (or vector) all rows of `file` get, from the run's data; rows need none then. */
  readonly cell?: string;
  /** File of `gene,value`: the basal profile of a cell line that the run's data do not have. */
  readonly profile?: string;
  /** Leave bad rows out and list them, instead of refusing the file. */
  readonly skipBad: boolean;
}

/** Where a query finds what its rows lack. */
export interface QuerySource<Settings, Inputs> {
  /** The run folder: holds what `keep` wrote. */
  readonly run: string;
  /** The layout's settings of the run. */
  readonly settings: Settings;
  /** How drugs are told apart. */
  readonly identity: DrugIdentity;
  /** The run's data; read when first asked for. @throws {UserError} when they are gone. */
  own(): Promise<Dataset<Inputs>>;
}

/** Rows to predict. */
export interface Query<Inputs> {
  /** One row a question, without truth; bad ones are in its `skipped`. */
  readonly data: Dataset<Inputs>;
  /** One a row: the structure as it was asked. */
  readonly smiles: readonly string[];
  /** Number of each row in its file, or of its combination, from 1. */
  readonly sourceRows: Uint32Array;
  /** Columns of the file that are no input (names, ids) and go to the output as they are: header and one value a row. */
  readonly carried: readonly { readonly column: string; readonly values: readonly string[] }[];
  /** What looks implausible: doses far outside the training range, metals, lost stereo; sentences with row numbers. */
  readonly warnings: readonly string[];
}

/** How a folder of files becomes a row table. Knows no model. */
// deno-lint-ignore no-explicit-any
export interface Layout<Settings = any, Inputs = any> {
  /** `profiles`, `response`, `signatures`, `knowledge-graph`. */
  readonly name: string;
  /** A line for `--help`: which files. */
  readonly title: string;
  /**
   * How the folder is read; every field has a default and a description, from which flags and help come. Fields that hold a
   * path say so by `.meta({ path: true, words: [...] })`, with the words that are no path.
   */
  readonly settings: SettingsSchema<Settings>;
  /** Settings under which nothing is asked for that the row table does not hold: for models that look at it alone. */
  readonly tableOnly?: Partial<Settings>;
  /** Names of files by which a folder of this layout is known. */
  readonly files: readonly string[];
  /** Reads a folder. @throws {UserError} naming file, row, column, what was found and expected. */
  read(folder: string, settings: Settings, context: ReadContext): Promise<Dataset<Inputs>>;
  /** The built-in simulator's data in this layout. @throws {UserError} for an unknown option. */
  simulate(
    options: Readonly<Record<string, unknown>>,
    settings: Settings,
    context: ReadContext,
  ): Promise<Dataset<Inputs>>;
  /** Writes into a run folder what a query needs when the data are gone (genes, edges). */
  keep(run: string, data: Dataset<Inputs>): Promise<void>;
  /** Rows that a user asks about. @throws {UserError} listing every bad SMILES at once. */
  query(request: QueryRequest, source: QuerySource<Settings, Inputs>): Promise<Query<Inputs>>;
  /** Rows of `own`, then those of `other`; keys are shared by identity. `other` may lack the truth: its rows then have zeros. */
  append(own: Dataset<Inputs>, other: Dataset<Inputs>): Dataset<Inputs>;
  /** Inputs that can be disturbed. */
  readonly controls: readonly Control<Inputs>[];
}
