import { bondPaths, unconnected } from "./bond_paths.ts";
import { covalentRadius } from "./covalent_radii.ts";
import { componentDistance } from "./path_distances.ts";
import { neighbourLists, type Structure } from "./structure.ts";

const tetrahedral = 109.5;
const planar = 120;
const linear = 180;

/** Length of a bond, Å: covalent radii, shortened by Pauling's 0.71 log10(order). */
function bondLength(structure: Structure, first: number, second: number, order: number): number {
  const { atoms } = structure;
  const single = covalentRadius(atoms[first].atomicNumber) + covalentRadius(atoms[second].atomicNumber);
  return single - 0.71 * Math.log10(order);
}

/** Angle around each atom when no ring bends it, degrees. */
function openAngles(structure: Structure): number[] {
  const neighbours = neighbourLists(structure);
  const unsaturated = neighbours.map((list) => list.some(({ order }) => order > 1));
  return structure.atoms.map((atom, index) => {
    const list = neighbours[index];
    const doubles = list.filter(({ order }) => order === 2).length;
    if (list.some(({ order }) => order === 3) || (doubles >= 2 && list.length === 2)) return linear;
    // Sulfones, phosphates and the like: double bonds are drawn, but the centre is a tetrahedron.
    if (list.length >= 4) return tetrahedral;
    const thirdRow = atom.atomicNumber > 10;
    if (thirdRow && !atom.aromatic) return tetrahedral;
    if (unsaturated[index] || atom.atomicNumber === 5) return planar;
    // The lone pair of an amide or aniline nitrogen, or of an ester or ether oxygen, is conjugated: the centre is flat.
    const conjugated = list.some(({ atom: next }) => unsaturated[next]);
    return conjugated && (atom.atomicNumber === 7 || atom.atomicNumber === 8) ? planar : tetrahedral;
  });
}

/** Angle inside a ring: that of the flat polygon up to five atoms, else the centre's own. */
function ringAngle(size: number, open: number): number {
  return size <= 5 ? 180 - 360 / size : open;
}

/** For every atom, the rings it belongs to. */
function ringsOfAtoms(structure: Structure): readonly (readonly number[])[][] {
  const rings = structure.atoms.map((): (readonly number[])[] => []);
  for (const ring of structure.rings) for (const atom of ring) rings[atom].push(ring);
  return rings;
}

/**
 * Distances without coordinates, Å, atoms x atoms (stack.md 4.5).
 *
 * - one bond: covalent radii and bond order;
 * - two: the cosine law with 109.5, 120 or 180 degrees, or the angle of the ring;
 * - three: 2.85 inside one ring of at most six atoms, else 3.55;
 * - k >= 4: 0.9 + 1.0 k; 100 between components.
 *
 * The encoder sees exp(-distance), so the first two carry the weight.
 */
export function ruleDistances(structure: Structure): Float32Array<ArrayBuffer> {
  const count = structure.atoms.length;
  const paths = bondPaths(structure);
  const distances = Float32Array.from(
    paths,
    (bonds) => bonds === unconnected ? componentDistance : bonds === 0 ? 0 : bonds === 3 ? 3.55 : 0.9 + bonds,
  );
  const set = (first: number, second: number, distance: number) => {
    distances[first * count + second] = distance;
    distances[second * count + first] = distance;
  };
  const neighbours = neighbourLists(structure);
  const angles = openAngles(structure);
  const rings = ringsOfAtoms(structure);

  for (const ring of structure.rings) {
    if (ring.length > 6) continue;
    for (const first of ring) {
      for (const second of ring) if (paths[first * count + second] === 3) set(first, second, 2.85);
    }
  }
  for (let centre = 0; centre < count; centre++) {
    const list = neighbours[centre];
    for (let i = 0; i < list.length; i++) {
      for (let j = 0; j < i; j++) {
        const [first, second] = [list[i], list[j]];
        if (paths[first.atom * count + second.atom] !== 2) continue;
        const shared = rings[centre].find((ring) => ring.includes(first.atom) && ring.includes(second.atom));
        let angle = angles[centre];
        if (shared !== undefined) angle = ringAngle(shared.length, angle);
        else if (
          list.length === 3 && angle === planar && rings[centre].length === 1 && rings[centre][0].length <= 5
        ) {
          // A substituent of a small flat ring has the rest of the circle.
          angle = (360 - ringAngle(rings[centre][0].length, angle)) / 2;
        }
        const a = bondLength(structure, centre, first.atom, first.order);
        const b = bondLength(structure, centre, second.atom, second.order);
        const distance = Math.sqrt(a * a + b * b - 2 * a * b * Math.cos(angle * Math.PI / 180));
        set(first.atom, second.atom, distance);
      }
    }
  }
  for (const { atoms: [first, second], order } of structure.bonds) {
    set(first, second, bondLength(structure, first, second, order));
  }
  return distances;
}
