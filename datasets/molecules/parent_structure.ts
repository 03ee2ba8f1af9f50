import type { Chemistry } from "./chemistry.ts";
import type { Structure } from "./structure.ts";

/** What is no metal: a fragment that holds anything else is a complex, not a drug beside its counter-ion. */
export const nonMetals: ReadonlySet<number> = new Set(
  [0, 1, 2, 5, 6, 7, 8, 9, 10, 14, 15, 16, 17, 18, 32, 33, 34, 35, 36, 52, 53, 54, 85, 86],
);

/** Lithium, sodium, potassium, rubidium, caesium. */
const alkali = new Set([3, 11, 19, 37, 55]);

/** Magnesium, calcium, strontium, barium: counter-ions too when they stand alone. */
const alkalineEarth = new Set([12, 20, 38, 56]);

/** Metals that are no part of a drug where they stand beside it. */
export const counterIons: ReadonlySet<number> = alkali.union(alkalineEarth);

/** Elements whose anions take up protons: C, N, O, S, Se, Te and the halogens; not B(-) and P(-) of tetrafluoroborates and the like. */
const protonated = new Set([6, 7, 8, 9, 16, 17, 34, 35, 52, 53]);

/** One atom of a SMILES, in order. */
const atomText = /\[[^\]]*\]|Br|Cl|[BCNOPSFIbcnops*]/g;

/** isotope, symbol, chirality, hydrogens; the charge follows. */
const bracketText = /^\[(\d*)([A-Z][a-z]?|[a-z]{1,2})(@[@A-Z0-9]*?)?(?:H(\d*))?([+-].*)?\]$/;

/**
 * The parent of a structure, as canonical SMILES: its largest organic fragment (most heavy atoms, then most hydrogens) with
 * every charge undone that a proton can undo, whatever the counter-ions. A salt, its free base and any zwitterion of it have
 * one parent. Stereo and isotopes stay; quaternary ammonium, nitro groups and N-oxides keep their charges.
 *
 * What has no organic fragment (cisplatin, arsenic trioxide), and any complex of a metal other than alkali and alkaline earth
 * ions, is its own parent, whole.
 *
 * @throws {UserError} when the SMILES cannot be parsed.
 */
export function parentSmiles(chemistry: Chemistry, smiles: string): string {
  // Twice: the order of atoms that a first canonical SMILES gives may settle a few differently.
  const settled = (text: string) => chemistry.canonicalSmiles(chemistry.canonicalSmiles(text));
  const whole = settled(smiles);
  if (isSimple(whole)) return whole;
  const structure = chemistry.parse(whole)!;
  if (hasComplex(structure)) return whole;
  const neutral = neutralised(chemistry, whole, structure);
  const organic = neutral.split(".").map((text) => ({ text, structure: chemistry.parse(text) }))
    .filter((fragment) => fragment.structure?.atoms.some(({ atomicNumber }) => atomicNumber === 6));
  if (organic.length === 0) return whole;
  const size = ({ structure }: typeof organic[number]) => {
    const atoms = structure!.atoms;
    const heavy = atoms.filter(({ atomicNumber }) => atomicNumber > 1).length;
    return heavy * 1e6 + atoms.reduce((sum, { hydrogens }) => sum + hydrogens, 0);
  };
  const [largest] = organic.sort((a, b) => size(b) - size(a) || (a.text < b.text ? -1 : 1));
  return settled(largest.text);
}

/** One neutral fragment without metals, as its text shows: nothing to do. */
function isSimple(smiles: string): boolean {
  if (smiles.includes(".")) return false;
  return (smiles.match(/\[[^\]]*\]/g) ?? []).every((text) => {
    const [, , symbol, , , charge] = bracketText.exec(text) ?? [];
    return charge === undefined && /^(?:[BCNOPSFHIbcnops]|Cl|Br|Si|Se|se)$/.test(symbol ?? "");
  });
}

function hasComplex(structure: Structure): boolean {
  const bonds = bondsOf(structure);
  return structure.atoms.some(({ atomicNumber }, atom) => {
    if (nonMetals.has(atomicNumber)) return false;
    if (alkali.has(atomicNumber)) return bonds[atom].length > 1;
    return !alkalineEarth.has(atomicNumber) || bonds[atom].length > 0;
  });
}

function bondsOf({ atoms, bonds }: Structure): number[][] {
  const neighbours = atoms.map((): number[] => []);
  for (const { atoms: [first, second] } of bonds) {
    neighbours[first].push(second);
    neighbours[second].push(first);
  }
  return neighbours;
}

/**
 * The same SMILES with protons moved: in the text, because RDKit's JSON loses the stereo of double bonds on its way back. Atoms
 * of a SMILES stand in the order of `structure`. An alkali metal drawn with a bond becomes the hydrogen it replaced.
 */
function neutralised(chemistry: Chemistry, smiles: string, structure: Structure): string {
  const neighbours = bondsOf(structure);
  const stays = structure.atoms.map(({ charge, hydrogens }) => charge > hydrogens);
  let atom = -1;
  const edited = smiles.replace(atomText, (text) => {
    const { atomicNumber, charge } = structure.atoms[++atom];
    if (alkali.has(atomicNumber) && neighbours[atom].length === 1) return "[H]";
    if (charge === 0) return text;
    const bracket = bracketText.exec(text);
    if (bracket === null) return text;
    const [, isotope, symbol, chirality = "", count] = bracket;
    const hydrogens = count === undefined ? 0 : count === "" ? 1 : Number(count);
    // A charge beside one of the other sign that stays (nitro, N-oxide, azide) is a way of drawing, not a proton missing.
    const fixed = charge < 0 &&
      (!protonated.has(atomicNumber) || neighbours[atom].some((other) => stays[other]));
    if (fixed) return text;
    const moved = charge > 0 ? -Math.min(charge, hydrogens) : -charge;
    const left = charge + moved, all = hydrogens + moved;
    const sign = left === 0 ? "" : `+${left}`;
    return `[${isotope}${symbol}${chirality}${all === 0 ? "" : `H${all}`}${sign}]`;
  });
  // A valence that RDKit does not accept: better the charges as they were than no structure.
  return chemistry.parse(edited) === undefined ? smiles : chemistry.canonicalSmiles(edited);
}
