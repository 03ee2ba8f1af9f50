import type { BadgerData, FeatureTable } from "../datasets/badger/types.ts";
import type { MoleculeGraph, PpiGraph, SampleTable } from "../datasets/types.ts";

/** Inputs of the layouts `profiles` and `response`. */
export interface ProfileInputs {
  readonly genes: readonly string[];
  readonly samples: SampleTable;
  readonly basal: Float32Array<ArrayBuffer>;
  readonly molecules: readonly MoleculeGraph[];
  readonly moleculeOfRow: Uint32Array;
  readonly ppi: PpiGraph;
}

/** Inputs of the layout `signatures`. */
export type SignatureInputs = BadgerData & { readonly drugVectors?: FeatureTable };
