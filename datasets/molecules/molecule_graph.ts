import { atomFeatures } from "./atom_features.ts";
import type { Structure } from "./structure.ts";
import type { DistanceMode, MoleculeGraph } from "../types.ts";

/** Å from and to the dummy node, its diagonal included (csg2a.md 2.1): exp of it is exactly 0. */
export const dummyDistance = 1e6;

/**
 * The encoder's view of a structure, the dummy node first (csg2a.md 2.1 and 6.3).
 *
 * @param distances Å, atoms x atoms.
 */
export function moleculeGraph(
  structure: Structure,
  distances: Float32Array,
  distanceMode: DistanceMode,
): MoleculeGraph {
  const atoms = structure.atoms.length;
  const nodes = atoms + 1;
  const adjacency = new Float32Array(nodes * nodes);
  for (let node = 1; node < nodes; node++) adjacency[node * nodes + node] = 1;
  for (const { atoms: [first, second] } of structure.bonds) {
    adjacency[(first + 1) * nodes + second + 1] = 1;
    adjacency[(second + 1) * nodes + first + 1] = 1;
  }
  const distance = new Float32Array(nodes * nodes).fill(dummyDistance);
  for (let atom = 0; atom < atoms; atom++) {
    distance.set(distances.subarray(atom * atoms, (atom + 1) * atoms), (atom + 1) * nodes + 1);
  }
  return {
    smiles: structure.smiles,
    nodes,
    features: atomFeatures(structure),
    adjacency,
    distance,
    distanceMode,
  };
}

/**
 * The molecule of nothing: the dummy node alone. Every drug is replaced by it when the control "drug removed" is run
 * (reference-runs.md 2.4).
 */
export function dummyMolecule(): MoleculeGraph {
  return moleculeGraph({ smiles: "", atoms: [], bonds: [], rings: [] }, new Float32Array(0), "rule");
}
