import { dummyMolecule } from "../datasets/molecules/molecule_graph.ts";
import { RandomStream } from "../datasets/random.ts";
import type { MoleculeGraph, SampleTable } from "../datasets/types.ts";
import type { RunConfig } from "../models/run_config.ts";

/** Which molecule each row shows to the model; row k has `molecules[moleculeOfRow[k]]`. */
export interface RowMolecules {
  readonly molecules: readonly MoleculeGraph[];
  readonly moleculeOfRow: Uint32Array<ArrayBuffer>;
}

/**
 * The molecules that a model sees: as they are, all replaced by the lone dummy node, or shuffled over the rows.
 *
 * The labels by which baselines and tables group rows stay untouched. Source: reference-runs.md 2.4.
 *
 * @param seed of the permutation
 */
export function rowMolecules(
  samples: SampleTable,
  molecules: readonly MoleculeGraph[],
  control: RunConfig["molecules"]["drug"],
  seed: number,
): RowMolecules {
  switch (control) {
    case "intact":
      return { molecules, moleculeOfRow: samples.drugOfRow };
    case "removed":
      return { molecules: [dummyMolecule()], moleculeOfRow: new Uint32Array(samples.rows) };
    case "permuted": {
      const order = new RandomStream(seed, 0xd7).permutation(samples.rows);
      return { molecules, moleculeOfRow: order.map((row) => samples.drugOfRow[row]) };
    }
  }
}
