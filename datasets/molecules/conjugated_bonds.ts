import type { Structure } from "./structure.ts";
import { valenceElectrons } from "./valence_electrons.ts";

/**
 * Which bonds are conjugated, by RDKit's rule (stack.md 4.1, where it equals Python RDKit on 2,263 drugs).
 *
 * All aromatic bonds are. Further, around an eligible atom of total degree 2 or 3: a multiple or aromatic bond to an eligible
 * atom, together with each other bond to an eligible atom of total degree at most 3.
 */
export function conjugatedBonds(structure: Structure): boolean[] {
  const { atoms, bonds } = structure;
  const bondsOf = atoms.map((): number[] => []);
  bonds.forEach(({ atoms: [first, second] }, bond) => {
    bondsOf[first].push(bond);
    bondsOf[second].push(bond);
  });
  const totalDegree = atoms.map((atom, index) => bondsOf[index].length + atom.hydrogens);
  const eligible = atoms.map((atom, index) => {
    const { outer, lowestValence, period } = valenceElectrons(atom.atomicNumber);
    const orders = bondsOf[index].reduce((sum, bond) => sum + bonds[bond].kekuleOrder, 0);
    if (atom.charge === 0 && orders + atom.hydrogens > lowestValence) return false;
    const heavyPnictogen = period > 2 && outer === 5;
    const heavyChalcogen = period > 2 && outer === 6 && totalDegree[index] >= 2;
    if (heavyPnictogen || heavyChalcogen || lowestValence <= 1 || totalDegree[index] > 3) return false;
    const lonePairElectrons = Math.max(0, outer - lowestValence - atom.charge);
    return lowestValence - totalDegree[index] + lonePairElectrons - atom.radicals > 0;
  });

  const conjugated = bonds.map(({ order }) => order === 1.5);
  atoms.forEach((_, centre) => {
    if (!eligible[centre] || totalDegree[centre] < 2 || totalDegree[centre] > 3) return;
    const across = (bond: number) => {
      const [first, second] = bonds[bond].atoms;
      return first === centre ? second : first;
    };
    for (const multiple of bondsOf[centre]) {
      if (bonds[multiple].order === 1 || !eligible[across(multiple)]) continue;
      for (const other of bondsOf[centre]) {
        const partner = across(other);
        if (other === multiple || !eligible[partner] || totalDegree[partner] > 3) continue;
        conjugated[multiple] = conjugated[other] = true;
      }
    }
  });
  return conjugated;
}
