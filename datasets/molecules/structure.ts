/** One heavy atom (or a hydrogen that the SMILES keeps as a node) of a parsed structure. */
export interface StructureAtom {
  /** Z; 0 for a placeholder (`*`). */
  readonly atomicNumber: number;
  /** Implicit and explicit hydrogens of the atom, not counting hydrogen nodes. */
  readonly hydrogens: number;
  /** Mass number where the SMILES names one, else 0. */
  readonly isotope: number;
  /** Formal charge. */
  readonly charge: number;
  /** Unpaired electrons. */
  readonly radicals: number;
  /** As RDKit perceives it after sanitisation. */
  readonly aromatic: boolean;
  /** True when any ring of the smallest set holds the atom. */
  readonly inRing: boolean;
}

/** A bond between two atoms. */
export interface StructureBond {
  /** Positions of its atoms. */
  readonly atoms: readonly [number, number];
  /** 1, 2, 3, or 1.5 for an aromatic bond; 1 for one of another kind. */
  readonly order: number;
  /** Dative, quadruple, of unknown order: none of single, double, triple and aromatic. */
  readonly unusual: boolean;
  /** 1, 2 or 3 where aromatic rings are drawn with alternating bonds. */
  readonly kekuleOrder: number;
}

/** A structure as the chemistry toolkit perceived it; atoms in SMILES order. */
export interface Structure {
  /** What was parsed. */
  readonly smiles: string;
  /** In SMILES order. */
  readonly atoms: readonly StructureAtom[];
  /** In SMILES order. */
  readonly bonds: readonly StructureBond[];
  /** Smallest set of smallest rings, each the positions of its atoms in ring order. */
  readonly rings: readonly (readonly number[])[];
}

/** For every atom, its neighbours and the order of the bond to each. */
export function neighbourLists(
  structure: Structure,
): readonly (readonly { atom: number; order: number }[])[] {
  const lists = structure.atoms.map((): { atom: number; order: number }[] => []);
  for (const { atoms: [first, second], order } of structure.bonds) {
    lists[first].push({ atom: second, order });
    lists[second].push({ atom: first, order });
  }
  return lists;
}
