import { neighbourLists, type Structure } from "./structure.ts";

/** Columns of the node features (csg2a.md 6.3), the dummy flag first. */
export const atomFeatureCount = 28;

const elements = [5, 6, 7, 8, 9, 15, 16, 17, 35, 53];
const elementColumn = 1;
const neighbourColumn = elementColumn + elements.length + 1;
const maximumNeighbours = 5;
const hydrogenColumn = neighbourColumn + maximumNeighbours + 1;
const maximumHydrogens = 4;
const chargeColumn = hydrogenColumn + maximumHydrogens + 1;
const ringColumn = chargeColumn + 3;
const aromaticColumn = ringColumn + 1;

/**
 * Node features of a structure, (atoms + 1) x 28, the dummy node first (csg2a.md 6.3).
 *
 * One-hot over element, neighbours, hydrogens and formal charge; then the ring and aromatic flags. A value outside a
 * list takes the list's last entry, as in the release: an unlisted element is "other", and a charge of -2 is "+1".
 */
export function atomFeatures(structure: Structure): Float32Array<ArrayBuffer> {
  const features = new Float32Array((structure.atoms.length + 1) * atomFeatureCount);
  features[0] = 1;
  const neighbours = neighbourLists(structure);
  structure.atoms.forEach((atom, index) => {
    const start = (index + 1) * atomFeatureCount;
    const element = elements.indexOf(atom.atomicNumber);
    features[start + elementColumn + (element < 0 ? elements.length : element)] = 1;
    features[start + neighbourColumn + Math.min(neighbours[index].length, maximumNeighbours)] = 1;
    features[start + hydrogenColumn + Math.min(atom.hydrogens, maximumHydrogens)] = 1;
    features[start + chargeColumn + (atom.charge === -1 ? 0 : atom.charge === 0 ? 1 : 2)] = 1;
    if (atom.inRing) features[start + ringColumn] = 1;
    if (atom.aromatic) features[start + aromaticColumn] = 1;
  });
  return features;
}
