import {
  neuralAtomFeatureCount,
  neuralBondFeatureCount,
  type NeuralGraph,
  neuralMaximumDegree,
} from "./neural_graph.ts";

/** The molecules of a batch as one graph. */
export interface NeuralGraphBatch {
  /** Molecules. */
  readonly molecules: number;
  /** Atoms of all molecules. */
  readonly atoms: number;
  /** Atoms of the largest molecule. */
  readonly maximumAtoms: number;
  /** atoms x 62. */
  readonly atomFeatures: Float32Array<ArrayBuffer>;
  /** bonds x 6, molecule after molecule. */
  readonly bondFeatures: Float32Array<ArrayBuffer>;
  /** atoms + 1 starts of the rows below. */
  readonly neighbourPtr: Uint32Array<ArrayBuffer>;
  /** Atom at the other end of every bond of an atom. */
  readonly neighbourAtom: Uint32Array<ArrayBuffer>;
  /** That bond, a row of `bondFeatures`. */
  readonly neighbourBond: Uint32Array<ArrayBuffer>;
  /** Number of neighbours, at most 5: which weight the atom's neighbours get. */
  readonly atomDegree: Uint32Array<ArrayBuffer>;
  /** Molecule of every atom. */
  readonly atomMolecule: Uint32Array<ArrayBuffer>;
  /** Position of the atom in its molecule's row when atoms are padded to `maximumAtoms`. */
  readonly atomSlot: Uint32Array<ArrayBuffer>;
  /** `neuralMaximumDegree + 2` starts: atoms of degree d are rows degreeStart[d] .. degreeStart[d + 1] - 1. */
  readonly degreeStart: Uint32Array<ArrayBuffer>;
}

/**
 * Joins molecules into one graph whose atoms are sorted by degree, stable: the order of the released loader, in which atoms
 * that share a weight are neighbours in memory (badger.md 5.3).
 */
export function batchNeuralGraphs(graphs: readonly NeuralGraph[]): NeuralGraphBatch {
  const bondsOfAtom: [atom: number, bond: number][][] = [];
  const moleculeOf: number[] = [], own: number[] = [];
  let bonds = 0;
  graphs.forEach((graph, molecule) => {
    const first = bondsOfAtom.length;
    for (let atom = 0; atom < graph.atoms; atom++) {
      bondsOfAtom.push([]);
      moleculeOf.push(molecule);
      own.push(atom);
    }
    for (let bond = 0; bond < graph.bondAtoms.length / 2; bond++, bonds++) {
      const a = first + graph.bondAtoms[2 * bond], b = first + graph.bondAtoms[2 * bond + 1];
      bondsOfAtom[a].push([b, bonds]);
      bondsOfAtom[b].push([a, bonds]);
    }
  });
  const atoms = bondsOfAtom.length;
  const degreeOf = (atom: number) => Math.min(bondsOfAtom[atom].length, neuralMaximumDegree);
  const order = Uint32Array.from({ length: atoms }, (_, i) => i).sort((a, b) =>
    degreeOf(a) - degreeOf(b) || a - b
  );
  const place = new Uint32Array(atoms);
  order.forEach((atom, at) => place[atom] = at);

  const atomFeatures = new Float32Array(atoms * neuralAtomFeatureCount);
  const neighbourPtr = new Uint32Array(atoms + 1);
  const neighbourAtom: number[] = [], neighbourBond: number[] = [];
  const degreeStart = new Uint32Array(neuralMaximumDegree + 2);
  order.forEach((atom, at) => {
    const features = graphs[moleculeOf[atom]].atomFeatures;
    const from = own[atom] * neuralAtomFeatureCount;
    atomFeatures.set(features.subarray(from, from + neuralAtomFeatureCount), at * neuralAtomFeatureCount);
    for (const [neighbour, bond] of bondsOfAtom[atom]) {
      neighbourAtom.push(place[neighbour]);
      neighbourBond.push(bond);
    }
    neighbourPtr[at + 1] = neighbourAtom.length;
    for (let degree = degreeOf(atom) + 1; degree < degreeStart.length; degree++) degreeStart[degree]++;
  });
  const bondFeatures = new Float32Array(bonds * neuralBondFeatureCount);
  let written = 0;
  for (const graph of graphs) {
    bondFeatures.set(graph.bondFeatures, written);
    written += graph.bondFeatures.length;
  }
  // Slots are counted in the sorted order, as the released loader gathers them.
  const taken = new Uint32Array(graphs.length);
  return {
    molecules: graphs.length,
    atoms,
    maximumAtoms: Math.max(0, ...graphs.map((graph) => graph.atoms)),
    atomFeatures,
    bondFeatures,
    neighbourPtr,
    neighbourAtom: Uint32Array.from(neighbourAtom),
    neighbourBond: Uint32Array.from(neighbourBond),
    atomDegree: Uint32Array.from(order, degreeOf),
    atomMolecule: Uint32Array.from(order, (atom) => moleculeOf[atom]),
    atomSlot: Uint32Array.from(order, (atom) => taken[moleculeOf[atom]]++),
    degreeStart,
  };
}
