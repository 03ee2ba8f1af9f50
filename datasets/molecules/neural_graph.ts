import { conjugatedBonds } from "./conjugated_bonds.ts";
import { implicitValences } from "./implicit_valences.ts";
import type { Structure } from "./structure.ts";

/** Columns of an atom's features: 44 symbols, 6 degrees, 5 hydrogen counts, 6 implicit valences, aromatic. */
export const neuralAtomFeatureCount = 62;
/** Columns of a bond's features: single, double, triple, aromatic, conjugated, in a ring. */
export const neuralBondFeatureCount = 6;
/** Atoms with more neighbours count as having so many: there is one weight for every degree 0 .. 5. */
export const neuralMaximumDegree = 5;

/** A molecule as the neural fingerprint of DeepCE and CIGER sees it (badger.md 5.3); atoms in SMILES order. */
export interface NeuralGraph {
  /** Atoms. */
  readonly atoms: number;
  /** atoms x 62, zeros and ones. */
  readonly atomFeatures: Float32Array<ArrayBuffer>;
  /** bonds x 6, zeros and ones. */
  readonly bondFeatures: Float32Array<ArrayBuffer>;
  /** Positions of the two atoms of every bond, two a bond. */
  readonly bondAtoms: Uint32Array<ArrayBuffer>;
}

// C N O S F Si P Cl Br Mg Na Ca Fe As Al I B V K Tl Yb Sb Sn Ag Pd Co Se Ti Zn H Li Ge Cu Au Ni Cd In Mn Zr Cr Pt Hg Pb
const symbols = [
  [6, 7, 8, 16, 9, 14, 15, 17, 35, 12, 11, 20, 26, 33, 13, 53, 5, 23, 19, 81, 70, 51],
  [50, 47, 46, 27, 34, 22, 30, 1, 3, 32, 29, 79, 28, 48, 49, 25, 40, 24, 78, 80, 82],
].flat();
const degreeColumn = symbols.length + 1;
const hydrogenColumn = degreeColumn + neuralMaximumDegree + 1;
const valenceColumn = hydrogenColumn + 5;
const aromaticColumn = valenceColumn + 6;
const conjugatedColumn = 4;
const ringColumn = 5;

/** Features and bonds of a structure. A value outside a list takes the list's last entry. */
export function neuralGraph(structure: Structure): NeuralGraph {
  const { atoms, bonds } = structure;
  const degree = new Uint32Array(atoms.length);
  for (const { atoms: ends } of bonds) ends.forEach((end) => degree[end]++);
  const implicit = implicitValences(structure);
  const atomFeatures = new Float32Array(atoms.length * neuralAtomFeatureCount);
  atoms.forEach((atom, index) => {
    const start = index * neuralAtomFeatureCount;
    const symbol = symbols.indexOf(atom.atomicNumber);
    atomFeatures[start + (symbol < 0 ? symbols.length : symbol)] = 1;
    atomFeatures[start + degreeColumn + Math.min(degree[index], neuralMaximumDegree)] = 1;
    atomFeatures[start + hydrogenColumn + Math.min(atom.hydrogens, 4)] = 1;
    atomFeatures[start + valenceColumn + Math.min(implicit[index], 5)] = 1;
    if (atom.aromatic) atomFeatures[start + aromaticColumn] = 1;
  });

  const inRing = ringBonds(structure);
  const conjugated = conjugatedBonds(structure);
  const bondFeatures = new Float32Array(bonds.length * neuralBondFeatureCount);
  bonds.forEach(({ order, unusual }, index) => {
    const start = index * neuralBondFeatureCount;
    // The release compares with four types one by one: a dative or quadruple bond is none of them.
    if (!unusual) bondFeatures[start + (order === 1.5 ? 3 : order - 1)] = 1;
    if (conjugated[index]) bondFeatures[start + conjugatedColumn] = 1;
    if (inRing[index]) bondFeatures[start + ringColumn] = 1;
  });
  return {
    atoms: atoms.length,
    atomFeatures,
    bondFeatures,
    bondAtoms: Uint32Array.from(bonds.flatMap(({ atoms: ends }) => [...ends])),
  };
}

/** A bond is in a ring when its atoms follow each other in one. */
function ringBonds({ atoms, bonds, rings }: Structure): boolean[] {
  const key = (first: number, second: number) =>
    Math.min(first, second) * atoms.length + Math.max(first, second);
  const found = new Set(
    rings.flatMap((ring) => ring.map((atom, place) => key(atom, ring[(place + 1) % ring.length]))),
  );
  return bonds.map(({ atoms: [first, second] }) => found.has(key(first, second)));
}
