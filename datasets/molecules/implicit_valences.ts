import type { Structure } from "./structure.ts";

/** Atoms as a SMILES writes them: bracketed, or of the organic subset. */
const atomToken = /\[[^\]]*\]|Br|Cl|[BCNOPSFI]|[bcnops]|\*/g;

/** Whether each atom was written in square brackets; hydrogens that the parser merges into their neighbours left out. */
function bracketed(structure: Structure): boolean[] {
  const tokens = structure.smiles.match(atomToken) ?? [];
  const nodes = tokens.length === structure.atoms.length
    ? tokens
    : tokens.filter((token) => !/^\[H\]$/.test(token));
  return structure.atoms.map((_, index) => nodes[index]?.startsWith("[") ?? false);
}

/**
 * Hydrogens that the valence model adds to each atom (RDKit's implicit valence): none to an atom in brackets, none to an
 * aromatic hetero atom that carries a hydrogen, else all of the atom's.
 *
 * Source: stack.md 4.1; the one exception known there is a bracketed `[nH]` in a ring that is not perceived as aromatic.
 */
export function implicitValences(structure: Structure): number[] {
  const inBrackets = bracketed(structure);
  return structure.atoms.map((atom, index) =>
    inBrackets[index] || (atom.aromatic && atom.atomicNumber !== 6) ? 0 : atom.hydrogens
  );
}
