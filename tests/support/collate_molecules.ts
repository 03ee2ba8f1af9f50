import { atomFeatureCount } from "../../datasets/molecules/atom_features.ts";
import type { MoleculeGraph } from "../../datasets/types.ts";

/** A batch of molecules padded with zeros to the longest of them (csg2a.md 2.1). */
export interface PaddedMolecules {
  /** B, molecules. */
  readonly batch: number;
  /** L, nodes of the largest molecule, its dummy included. */
  readonly nodes: number;
  /** (B, L, 28) */
  readonly features: Float32Array<ArrayBuffer>;
  /** (B, L, L) */
  readonly adjacency: Float32Array<ArrayBuffer>;
  /** (B, L, L), Å. */
  readonly distance: Float32Array<ArrayBuffer>;
  /** (B, L), 1 for a node, 0 for padding. */
  readonly mask: Int32Array<ArrayBuffer>;
}

/** Pads molecules to one size, as the release does; the product's own path packs them without padding. */
export function collateMolecules(molecules: readonly MoleculeGraph[]): PaddedMolecules {
  const batch = molecules.length;
  const nodes = Math.max(0, ...molecules.map((molecule) => molecule.nodes));
  const features = new Float32Array(batch * nodes * atomFeatureCount);
  const adjacency = new Float32Array(batch * nodes * nodes);
  const distance = new Float32Array(batch * nodes * nodes);
  const mask = new Int32Array(batch * nodes);
  molecules.forEach((molecule, sample) => {
    features.set(molecule.features, sample * nodes * atomFeatureCount);
    for (let node = 0; node < molecule.nodes; node++) {
      const from = node * molecule.nodes, to = (sample * nodes + node) * nodes;
      adjacency.set(molecule.adjacency.subarray(from, from + molecule.nodes), to);
      distance.set(molecule.distance.subarray(from, from + molecule.nodes), to);
    }
    mask.fill(1, sample * nodes, sample * nodes + molecule.nodes);
  });
  return { batch, nodes, features, adjacency, distance, mask };
}
