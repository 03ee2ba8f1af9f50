/** Rows by number: in memory, or read from a file when asked for. */
export interface Matrix {
  /** Number of rows. */
  readonly rows: number;
  /** Values a row. */
  readonly columns: number;
  /** The given rows in the given order, row-major. */
  take(rows: ArrayLike<number>): Float32Array<ArrayBuffer>;
}

/** How two spellings are told to be one drug: see `drugIdentity`. */
export type DrugIdentity = "spelling" | "canonical" | "parent" | "flat";

/** Which drug or cell line each row is of, by identity and not by spelling. */
export interface Key {
  /** One a unit: the identity itself (canonical parent SMILES; normalised cell name), unique. */
  readonly ids: readonly string[];
  /** One a unit: what people call it. */
  readonly names: readonly string[];
  /** Row -> unit. */
  readonly of: Uint32Array<ArrayBuffer>;
  /** Units that the files write in more than one way, with all their spellings. */
  readonly merged: readonly { readonly id: string; readonly spellings: readonly string[] }[];
  /** All that leads to a unit where that is more than its id: further structures, names with what they have in common; absent: `ids` alone. */
  readonly known?: ReadonlyMap<string, number>;
}

/** What is predicted. */
export interface Outputs {
  /**
   * `profile`: expression after treatment (the change is its difference to `basal`); `signature`: the change itself;
   * `response`: one number a row.
   */
  readonly kind: "profile" | "signature" | "response";
  /** One a column: gene symbols, or the name of the response. */
  readonly names: readonly string[];
  /** For axes and tables: `z-score`, `log2`, `ln µM`. */
  readonly unit: string;
}

/** A row that was left out because the user asked to skip bad ones. */
export interface SkippedRow {
  /** The file with the fault. */
  readonly file: string;
  /** 1 for the first row below the header. */
  readonly row: number;
  /** The error message that the row would have given. */
  readonly reason: string;
}

/** A file that a data set was read from. */
export interface SourceFile {
  /** Relative to the data folder; absolute when it lies outside it. */
  readonly name: string;
  /** Size. */
  readonly bytes: number;
  /** SHA-256, hexadecimal. */
  readonly sha256: string;
}

/**
 * A row table: one row a sample, whatever its layout. Splits, baselines, controls, metrics and intervals look at nothing else;
 * `inputs` are for the models of the layout alone.
 */
export interface Dataset<Inputs = unknown> {
  /** Name of its layout. */
  readonly layout: string;
  /** For titles: `skbr3`, `the simulator`. */
  readonly name: string;
  /** Folder or file it was read from, for messages. */
  readonly source: string;
  /** Samples. */
  readonly rows: number;
  /** One a row, unique: signature id, or the number of the row in its file (1 for the first below the header). */
  readonly rowNames: readonly string[];
  /** How its drugs are told apart. */
  readonly identity: DrugIdentity;
  /** Drugs. */
  readonly drug: Key;
  /** One a drug: canonical SMILES of its parent structure, "" where none is known. */
  readonly structures: readonly string[];
  /** Cell lines; one unit named "" where the files name none. */
  readonly cell: Key;
  /** µM, one a row; NaN where unknown. */
  readonly dose: Float32Array<ArrayBuffer>;
  /** Hours, one a row; NaN where unknown. */
  readonly time: Float32Array<ArrayBuffer>;
  /** Same drug, cell line, dose and time: one number a condition, by first appearance. Rows of one condition are replicates. */
  readonly condition: Uint32Array<ArrayBuffer>;
  /** What is predicted. */
  readonly outputs: Outputs;
  /** rows x outputs; absent where only predictions are wanted. */
  readonly truth?: Matrix;
  /** rows x genes: the untreated profile of each row, where the layout has one. For `profile` outputs its columns are theirs. */
  readonly basal?: Matrix;
  /** rows x numbers that describe the row's cell line, where the layout has such (its similarity to known lines). */
  readonly cellFeatures?: Matrix;
  /** What the models of this layout look into. */
  readonly inputs: Inputs;
  /** Sentences for people: what was converted, merged, dropped. */
  readonly notes: readonly string[];
  /** The same on what lies in `inputs` alone; a model that looks at the table only has nothing to do with it. */
  readonly inputNotes?: readonly string[];
  /** Rows left out because bad ones are skipped. */
  readonly skipped: readonly SkippedRow[];
  /** Files that were read; empty for a simulated set. */
  readonly files: readonly SourceFile[];
  /** SHA-256 over all that a model can learn from, in order of rows: changes when any value does. */
  readonly fingerprint: string;
}

/** A matrix whose values are in memory. */
export class DenseMatrix implements Matrix {
  /** Number of rows. */
  readonly rows: number;

  /** @throws {RangeError} when the values are no whole number of rows. */
  constructor(
    /** Row-major. */
    readonly values: Float32Array<ArrayBuffer>,
    /** Values a row. */
    readonly columns: number,
  ) {
    if (values.length % columns !== 0) {
      throw new RangeError(`${values.length} values are no whole number of rows of ${columns}.`);
    }
    this.rows = values.length / columns;
  }

  /** The given rows in the given order, row-major. */
  take(rows: ArrayLike<number>): Float32Array<ArrayBuffer> {
    const { values, columns } = this, taken = new Float32Array(rows.length * columns);
    for (let k = 0; k < rows.length; k++) {
      taken.set(values.subarray(rows[k] * columns, (rows[k] + 1) * columns), k * columns);
    }
    return taken;
  }
}

/**
 * Values in memory as a matrix.
 *
 * @throws {RangeError} when they are no whole number of rows.
 *
 * @example
 * ```ts
 * const matrix = matrixOf(Float32Array.of(1, 2, 3, 4), 2);
 * matrix.take([1]); // 3, 4
 * ```
 */
export function matrixOf(values: Float32Array<ArrayBuffer>, columns: number): Matrix {
  return new DenseMatrix(values, columns);
}
