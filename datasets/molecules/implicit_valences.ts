import { explicitHydrogens } from "./smiles_atoms.ts";
import type { Structure } from "./structure.ts";

/**
 * Hydrogens that the valence model adds to each atom (RDKit's implicit valence): none to an atom in brackets, none to an
 * aromatic hetero atom that carries a hydrogen, else all of the atom's but those that the SMILES writes out as `[H]`.
 *
 * Source: stack.md 4.1; `[H]`: RDKit's SMILES parser removes them with `updateExplicitCount`. The one exception known is a
 * bracketed `[nH]` in a ring that is not perceived as aromatic.
 */
export function implicitValences(structure: Structure): number[] {
  const written = explicitHydrogens(structure);
  return structure.atoms.map((atom, index) => {
    const { bracketed, merged } = written[index];
    return bracketed || (atom.aromatic && atom.atomicNumber !== 6) ? 0 : atom.hydrogens - merged;
  });
}
