import type { Structure } from "./structure.ts";

/** An atom as a SMILES writes it. */
export interface WrittenAtom {
  /** `[nH]`, `Cl`, `c`. */
  readonly text: string;
  /** Positions of the atoms that it is joined to. */
  readonly neighbours: number[];
}

/** An atom (bracketed, or of the organic subset), a ring closure, a bond, a branch, or the end of a component. */
const token = /\[[^\]]*\]|Br|Cl|[BCNOPSFI]|[bcnops]|\*|%\(\d+\)|%\d\d|\d|[-=#$:~/\\]|->|<-|[().]/g;

/** The atoms of a SMILES that can be parsed, in its order, and how they are joined. */
export function writtenAtoms(smiles: string): WrittenAtom[] {
  const atoms: WrittenAtom[] = [];
  const branches: number[] = [], rings = new Map<string, number>();
  let last = -1;
  const join = (first: number, second: number) => {
    atoms[first].neighbours.push(second);
    atoms[second].neighbours.push(first);
  };
  for (const [text] of smiles.matchAll(token)) {
    if (text === "(") branches.push(last);
    else if (text === ")") last = branches.pop() ?? -1;
    else if (text === ".") last = -1;
    else if (/^(%|\d)/.test(text)) {
      const number = text.replace(/\D/g, ""), begin = rings.get(number);
      if (begin === undefined) rings.set(number, last);
      else {
        rings.delete(number);
        join(begin, last);
      }
    } else if (/^[[A-Za-z*]/.test(text)) {
      atoms.push({ text, neighbours: [] });
      if (last >= 0) join(last, atoms.length - 1);
      last = atoms.length - 1;
    }
  }
  return atoms;
}

/** What a SMILES says of an atom of its structure. */
interface WrittenHydrogens {
  readonly bracketed: boolean;
  /** `[H]` atoms that the parser took into its count of hydrogens. */
  readonly merged: number;
}

/**
 * Of every atom of a structure, whether its SMILES brackets it, and how many `[H]` were merged into it. Hydrogens that say the
 * stereo of a double bond, isotopes, and those without a heavy neighbour stay atoms of their own.
 */
export function explicitHydrogens({ smiles, atoms }: Structure): WrittenHydrogens[] {
  const written = writtenAtoms(smiles);
  const isHydrogen = (at: number) => /^\[H(:\d+)?\]$/.test(written[at].text);
  const placeOf = new Int32Array(written.length).fill(-1);
  let place = 0;
  written.forEach(({ neighbours }, at) => {
    const heavy = neighbours.some((other) => !isHydrogen(other));
    // One that may have been merged has been, where the next atom of the structure is none such.
    const next = atoms[place];
    const stays = !isHydrogen(at) || !heavy ||
      (next?.atomicNumber === 1 && next.isotope === 0 && next.charge === 0);
    if (stays) placeOf[at] = place++;
  });
  const result = atoms.map(() => ({ bracketed: false, merged: 0 }));
  written.forEach(({ text, neighbours }, at) => {
    const own = result[placeOf[at]];
    if (own) own.bracketed = text.startsWith("[");
    else for (const other of neighbours) if (result[placeOf[other]]) result[placeOf[other]].merged++;
  });
  return result;
}
