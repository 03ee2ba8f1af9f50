import type { MainModule, Mol } from "@rdkit/rdkit";

interface Json {
  readonly defaults: { readonly bond: { readonly bo: number } };
  readonly molecules: [{
    atoms: { impHs?: number; stereo?: string }[];
    bonds?: {
      readonly atoms: readonly [number, number];
      readonly bo?: number;
      stereo?: string;
      stereoAtoms?: number[];
    }[];
    readonly extensions?: readonly {
      readonly name: string;
      readonly atomRings?: readonly (readonly number[])[];
    }[];
  }];
}

/**
 * The Murcko scaffold of a molecule as canonical SMILES without stereo: rings, the chains between them, and atoms double-bonded
 * to either (stack.md 4.3, where 2,262 of 2,263 equal Python RDKit's). "" for a molecule without rings.
 */
export function murckoScaffold(rdkit: MainModule, molecule: Mol): string {
  const json = JSON.parse(molecule.get_json()) as Json;
  const [own] = json.molecules;
  const bonds = own.bonds ?? [];
  const order = (bond: typeof bonds[number]) => bond.bo ?? json.defaults.bond.bo;
  const kept = scaffoldAtoms(own.atoms.length, bonds, order, own.extensions ?? []);
  if (!kept.includes(true)) return "";
  let next = 0;
  const place = kept.map((stays) => stays ? next++ : -1);
  const atoms = own.atoms.map((atom) => ({ ...atom, stereo: "unspecified" }));
  for (const bond of bonds) {
    // A hydrogen for each bond that is cut.
    for (const [inside, outside] of [bond.atoms, bond.atoms.toReversed()]) {
      if (kept[inside] && !kept[outside]) {
        atoms[inside].impHs = (atoms[inside].impHs ?? 0) + Math.round(order(bond));
      }
    }
  }
  const edited = {
    ...json,
    molecules: [{
      atoms: atoms.filter((_, atom) => kept[atom]),
      bonds: bonds.filter(({ atoms: [a, b] }) => kept[a] && kept[b]).map((bond) => ({
        bo: order(bond),
        atoms: bond.atoms.map((atom) => place[atom]),
      })),
    }],
  };
  return canonical(rdkit, canonical(rdkit, JSON.stringify(edited)));
}

function scaffoldAtoms(
  count: number,
  bonds: readonly { readonly atoms: readonly [number, number]; readonly bo?: number }[],
  order: (bond: { readonly atoms: readonly [number, number]; readonly bo?: number }) => number,
  extensions: NonNullable<Json["molecules"][0]["extensions"]>,
): boolean[] {
  const inRing = new Set(extensions.flatMap(({ atomRings }) => atomRings ?? []).flat());
  if (inRing.size === 0) return Array.from({ length: count }, () => false);
  const neighbours = Array.from({ length: count }, (): number[] => []);
  for (const { atoms: [a, b] } of bonds) {
    neighbours[a].push(b);
    neighbours[b].push(a);
  }
  const kept = Array.from({ length: count }, () => true);
  const loose = (atom: number) =>
    kept[atom] && !inRing.has(atom) && neighbours[atom].filter((other) => kept[other]).length <= 1;
  for (let pruned = true; pruned;) {
    pruned = false;
    for (let atom = 0; atom < count; atom++) {
      if (loose(atom)) pruned = !(kept[atom] = false);
    }
  }
  const core = kept.slice();
  for (const bond of bonds) {
    const [a, b] = bond.atoms;
    if (order(bond) === 2 && core[a] !== core[b]) kept[a] = kept[b] = true;
  }
  return kept;
}

function canonical(rdkit: MainModule, text: string): string {
  const molecule = rdkit.get_mol(text);
  if (molecule === null) throw new Error(`RDKit does not take the scaffold ${text}.`);
  try {
    return molecule.get_smiles();
  } finally {
    molecule.delete();
  }
}
