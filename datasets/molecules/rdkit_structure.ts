import type { Mol } from "@rdkit/rdkit";
import type { Structure } from "./structure.ts";

/** The parts of RDKit's JSON that are read here; a field that equals its default is left out there. */
interface RdkitJson {
  readonly defaults: { readonly atom: Required<RdkitAtom>; readonly bond: { readonly bo: number } };
  readonly molecules: readonly [{
    readonly atoms: readonly RdkitAtom[];
    readonly bonds?: readonly { readonly atoms: readonly [number, number]; readonly bo?: number }[];
    readonly extensions?: readonly {
      readonly name: string;
      readonly aromaticAtoms?: readonly number[];
      readonly aromaticBonds?: readonly number[];
      readonly atomRings?: readonly (readonly number[])[];
    }[];
  }];
}

interface RdkitAtom {
  readonly z?: number;
  readonly impHs?: number;
  readonly chg?: number;
  readonly nRad?: number;
  readonly isotope?: number;
}

/**
 * What the encoder needs of a molecule, from RDKit's JSON (stack.md 4.1, where these fields equal those of Python RDKit
 * on 2,263 drugs). `impHs` is the total of hydrogens that are no nodes, bracketed ones included.
 */
export function rdkitStructure(smiles: string, molecule: Mol): Structure {
  const json = JSON.parse(molecule.get_json()) as RdkitJson;
  const [{ atoms, bonds = [], extensions = [] }] = json.molecules;
  const perceived = extensions.find((extension) => extension.name === "rdkitRepresentation");
  const aromaticAtoms = new Set(perceived?.aromaticAtoms);
  const aromaticBonds = new Set(perceived?.aromaticBonds);
  const rings = perceived?.atomRings ?? [];
  const ringAtoms = new Set(rings.flat());
  return {
    smiles,
    atoms: atoms.map((atom, index) => ({
      atomicNumber: atom.z ?? json.defaults.atom.z,
      hydrogens: atom.impHs ?? json.defaults.atom.impHs,
      isotope: atom.isotope ?? json.defaults.atom.isotope ?? 0,
      charge: atom.chg ?? json.defaults.atom.chg,
      radicals: atom.nRad ?? json.defaults.atom.nRad,
      aromatic: aromaticAtoms.has(index),
      inRing: ringAtoms.has(index),
    })),
    bonds: bonds.map((bond, index) => {
      const order = bond.bo ?? json.defaults.bond.bo;
      // Dative, quadruple and the like count as single where lengths are computed.
      const kekuleOrder = order === 2 || order === 3 ? order : 1;
      const aromatic = aromaticBonds.has(index);
      return {
        atoms: bond.atoms,
        order: aromatic ? 1.5 : kekuleOrder,
        kekuleOrder,
        unusual: !aromatic && order !== kekuleOrder,
      };
    }),
    rings,
  };
}
