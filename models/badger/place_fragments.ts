import type { Chemistry } from "../../datasets/molecules/chemistry.ts";

/**
 * Atoms of each fragment, none in two: small fragments fit in many places, so the large ones are placed first and the small
 * ones take what is left.
 */
export function placeFragments(
  chemistry: Chemistry,
  smiles: string,
  fragments: readonly string[],
): number[][] {
  const taken = new Set<number>();
  const placed: number[][] = fragments.map(() => []);
  if (smiles === "") return placed;
  const size = (fragment: string) => chemistry.parse(fragment)?.atoms.length ?? 0;
  const order = Array.from(fragments.keys()).sort((a, b) => size(fragments[b]) - size(fragments[a]));
  for (const fragment of order) {
    placed[fragment] = chemistry.fragmentAtoms(smiles, fragments[fragment]).filter((atom) =>
      !taken.has(atom)
    );
    for (const atom of placed[fragment]) taken.add(atom);
  }
  return placed;
}
