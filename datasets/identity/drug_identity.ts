import type { DrugIdentity } from "../dataset.ts";
import type { Chemistry } from "../molecules/chemistry.ts";
import { parentSmiles } from "../molecules/parent_structure.ts";

/** What two spellings of one drug have in common. */
export interface DrugIdentities {
  /** What tells drugs apart. */
  of(smiles: string): string;
  /** Canonical SMILES of the parent structure, whatever tells drugs apart; "" for no structure. */
  parent(smiles: string): string;
  /** Rows that share a drug's name and this are one drug: the formula of its parent. Absent where names tell nothing. */
  readonly alike?: (smiles: string) => string;
}

/**
 * Identities of drugs by their SMILES, each computed once.
 *
 * - `parent`: largest organic fragment, neutralised; stereo kept. Salt and free base are one drug, enantiomers are two.
 * - `flat`: the parent without stereo and isotopes.
 * - `canonical`: one drug however its SMILES is written, salts apart.
 * - `spelling`: the text as written.
 *
 * With `parent` and `flat` a name unites what is drawn in several ways, and no structures of different formulas.
 *
 * @throws {UserError} (of the functions returned) when a SMILES cannot be parsed.
 *
 * @example
 * ```ts
 * const drugs = drugIdentities(await Chemistry.load(), "parent");
 * drugs.of("CCN.Cl") === drugs.of("CC[NH3+].[Br-]"); // true
 * ```
 */
export function drugIdentities(chemistry: Chemistry, kind: DrugIdentity): DrugIdentities {
  const parent = remembered((smiles) => smiles === "" ? "" : parentSmiles(chemistry, smiles));
  const alike = remembered((smiles) => formula(chemistry, parent(smiles)));
  switch (kind) {
    case "parent":
      return { of: parent, parent, alike };
    case "flat":
      return { of: remembered((smiles) => flatSmiles(chemistry, parent(smiles))), parent, alike };
    case "canonical":
      return { of: remembered((smiles) => smiles === "" ? "" : chemistry.canonicalSmiles(smiles)), parent };
    case "spelling":
      return { of: (smiles) => smiles, parent };
  }
}

/** Elements and their numbers, hydrogens too: what tautomers and drawings with and without stereo have in common. */
function formula(chemistry: Chemistry, smiles: string): string {
  const counts = new Map<number, number>();
  const add = (element: number, count: number) => counts.set(element, (counts.get(element) ?? 0) + count);
  for (const { atomicNumber, hydrogens } of smiles === "" ? [] : chemistry.parse(smiles)!.atoms) {
    add(atomicNumber, 1);
    add(1, hydrogens);
  }
  return [...counts].sort(([a], [b]) => a - b).join(" ");
}

/** A parent structure without stereo and isotopes; "" for none. */
export function flatSmiles(chemistry: Chemistry, parent: string): string {
  if (parent === "") return "";
  // Canonical again: what stereo decided in the first order of atoms is decided without it in the second.
  return chemistry.canonicalSmiles(chemistry.canonicalSmiles(chemistry.flatSmiles(parent)));
}

function remembered(compute: (smiles: string) => string): (smiles: string) => string {
  const known = new Map<string, string>();
  return (smiles) => {
    let result = known.get(smiles);
    if (result === undefined) known.set(smiles, result = compute(smiles));
    return result;
  };
}
