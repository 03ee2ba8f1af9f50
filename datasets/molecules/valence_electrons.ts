/** What the rules of conjugation ask of an element. */
export interface ValenceElectrons {
  /** Electrons of the outer shell. */
  readonly outer: number;
  /** Lowest normal valence; below 2 where the element cannot take part in conjugation (RDKit: metals have -1). */
  readonly lowestValence: number;
  /** Row of the periodic table. */
  readonly period: number;
}

const mainGroup: Readonly<Record<number, readonly [outer: number, lowestValence: number]>> = {
  1: [1, 1],
  5: [3, 3],
  6: [4, 4],
  7: [5, 3],
  8: [6, 2],
  9: [7, 1],
  13: [3, 3],
  14: [4, 4],
  15: [5, 3],
  16: [6, 2],
  17: [7, 1],
  32: [4, 4],
  33: [5, 3],
  34: [6, 2],
  35: [7, 1],
  50: [4, 2],
  51: [5, 3],
  52: [6, 2],
  53: [7, 1],
};

/** Of an element by its atomic number, as in RDKit's table; elements that never conjugate get a valence of -1. */
export function valenceElectrons(atomicNumber: number): ValenceElectrons {
  const [outer, lowestValence] = mainGroup[atomicNumber] ?? [0, -1];
  const period = [2, 10, 18, 36, 54, 86].findIndex((last) => atomicNumber <= last) + 1;
  return { outer, lowestValence, period };
}
