import type { Matrix } from "../../dataset.ts";
import type { MoleculeGraph, PpiGraph, SampleTable } from "../../types.ts";

/** What the models of the layouts with a basal profile a row (`profiles`, `response`) look into. */
export interface ProfileInputs {
  /** Columns of `basal`, and nodes of `ppi`. */
  readonly genes: readonly string[];
  /** Dose, time, SMILES and cell line of each row, as written. */
  readonly samples: SampleTable;
  /** rows x genes, before treatment. */
  readonly basal: Matrix;
  /** Distinct molecules, by SMILES as written. */
  readonly molecules: readonly MoleculeGraph[];
  /** Row -> the molecule that it shows. */
  readonly moleculeOfRow: Uint32Array<ArrayBuffer>;
  /** The matrix P of interactions. */
  readonly ppi: PpiGraph;
}
