import type { MainModule, Mol, Reaction } from "@rdkit/rdkit";
import rules from "./brics_reactions.json" with { type: "json" };

/** What BRICS makes of a molecule: its leaf fragments, canonical, with numbered attachment points (`[16*]c1ccccc1F`). */
export interface BricsFragments {
  /** Distinct fragments in code-point order; the molecule itself when nothing can be cut. */
  readonly fragments: readonly string[];
  /**
   * How often the molecule holds each of them: the largest count over all ways to cut it down. Different ways may name the
   * same atoms differently (`[1*]` or `[6*]` on a carbonyl), so counts are of each fragment alone and need not add up to the
   * molecule.
   */
  readonly counts: readonly number[];
}

/** Python RDKit's limit of product sets a reaction. */
const maximumProducts = 1000;

/** Counts of fragments by their SMILES. */
type Counts = ReadonlyMap<string, number>;

/**
 * The 46 BRICS retro-reactions in their 14 groups, and the published recursion over them.
 *
 * The recursion is that of RDKit's `BRICSDecompose` (keepNonLeafNodes off): group after group, every molecule of the pool
 * is run through the group's reactions; products join the pool; a molecule that no reaction of the group cut stays for the
 * next group. Cutting all BRICS bonds at once is not the same thing: it differs for a tenth of all drugs (stack.md 4.2).
 * Source: Degen et al., ChemMedChem 2008; reactions from RDKit (see `brics_reactions.json`).
 */
export class BricsRules {
  readonly #rdkit: MainModule;
  readonly #groups: readonly (readonly Reaction[])[];

  /** Compiles the reactions, once a process. */
  constructor(rdkit: MainModule) {
    this.#rdkit = rdkit;
    this.#groups = rules.groups.map((group) =>
      group.map((smarts) => {
        const reaction = rdkit.get_rxn(smarts);
        if (reaction === null) throw new Error(`RDKit does not take the BRICS reaction ${smarts}.`);
        return reaction;
      })
    );
  }

  /** @param canonical RDKit's canonical SMILES of the molecule. */
  decompose(canonical: string): BricsFragments {
    const known = new Set([canonical]);
    /** Of every molecule that was cut, the product sets. */
    const cuts = new Map<string, string[][]>();
    let pool = [canonical];
    for (const group of this.#groups) {
      const kept: string[] = [];
      // Products are pushed onto the list that is being walked, as in the reference.
      for (let at = 0; at < pool.length; at++) {
        const sets = this.#cut(pool[at], group);
        if (sets.length === 0) {
          kept.push(pool[at]);
          continue;
        }
        cuts.set(pool[at], sets);
        for (const product of sets.flat()) {
          if (known.has(product)) continue;
          known.add(product);
          pool.push(product);
        }
      }
      pool = kept;
    }
    const fragments = pool.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    const counts = countLeaves(canonical, cuts, new Map());
    return { fragments, counts: fragments.map((fragment) => counts.get(fragment) ?? 1) };
  }

  /** The valid product sets of all reactions of a group, each a list of canonical SMILES. */
  #cut(smiles: string, group: readonly Reaction[]): string[][] {
    const molecule = this.#rdkit.get_mol(smiles);
    if (molecule === null) return [];
    const reactants = new this.#rdkit.MolList();
    try {
      reactants.append(molecule);
      return group.flatMap((reaction) => {
        const products = reaction.run_reactants(reactants, maximumProducts);
        try {
          return Array.from({ length: products.size() }, (_, set) => {
            const list = products.get(set);
            if (!list) return undefined;
            try {
              return this.#productSet(Array.from({ length: list.size() }, (_, place) => list.at(place)));
            } finally {
              list.delete();
            }
          }).filter((set) => set !== undefined);
        } finally {
          products.delete();
        }
      });
    } finally {
      reactants.delete();
      molecule.delete();
    }
  }

  /** Sanitised products of one cut; undefined when one has no heavy atom of its own. Frees the products. */
  #productSet(products: readonly (Mol | null)[]): string[] | undefined {
    let valid = true;
    const names: string[] = [];
    for (const product of products) {
      if (product === null) continue;
      // Products come unsanitised: parsing their SMILES again perceives rings and aromaticity.
      const parsed = this.#rdkit.get_mol(product.get_smiles());
      product.delete();
      if (parsed === null) continue;
      const name = parsed.get_smiles();
      const atoms = parsed.get_num_atoms();
      parsed.delete();
      const attachments = name.split("*").length - 1;
      if (atoms - attachments < 1) valid = false;
      names.push(name);
    }
    return valid && names.length > 0 ? names : undefined;
  }
}

/** Of each leaf, the largest number of times that one way of cutting gives it. */
function countLeaves(
  smiles: string,
  cuts: ReadonlyMap<string, readonly (readonly string[])[]>,
  done: Map<string, Counts>,
): Counts {
  const before = done.get(smiles);
  if (before) return before;
  const most = new Map<string, number>();
  const sets = cuts.get(smiles);
  if (!sets) most.set(smiles, 1);
  for (const products of sets ?? []) {
    const sum = new Map<string, number>();
    for (const product of products) {
      for (const [leaf, count] of countLeaves(product, cuts, done)) {
        sum.set(leaf, (sum.get(leaf) ?? 0) + count);
      }
    }
    for (const [leaf, count] of sum) most.set(leaf, Math.max(most.get(leaf) ?? 0, count));
  }
  done.set(smiles, most);
  return most;
}
