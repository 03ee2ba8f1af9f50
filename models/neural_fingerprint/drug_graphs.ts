import type { BadgerData } from "../../datasets/badger/types.ts";
import { Chemistry } from "../../datasets/molecules/chemistry.ts";
import {
  neuralAtomFeatureCount,
  type NeuralGraph,
  neuralGraph,
} from "../../datasets/molecules/neural_graph.ts";
import { UserError } from "../../datasets/user_error.ts";

/** One atom without features: what a drug is where the drug input is taken away. */
export const blankGraph: NeuralGraph = {
  atoms: 1,
  atomFeatures: new Float32Array(neuralAtomFeatureCount),
  bondFeatures: new Float32Array(),
  bondAtoms: new Uint32Array(),
};

/**
 * The graphs of a data set's drugs, in their order; blank where the structure was taken away (the control "drug removed").
 *
 * @throws {UserError} for a SMILES that cannot be parsed.
 */
export async function drugGraphs(data: Pick<BadgerData, "drugs" | "folder">): Promise<NeuralGraph[]> {
  const chemistry = await Chemistry.load();
  return data.drugs.map(({ id, smiles }) => {
    if (smiles === "") return blankGraph;
    const structure = chemistry.parse(smiles);
    if (structure) return neuralGraph(structure);
    throw new UserError(
      `${data.folder}: the SMILES "${smiles}" of ${id} cannot be parsed, expected a molecule; mend it.`,
    );
  });
}
