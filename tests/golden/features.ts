import { join } from "node:path";
import { atomFeatureCount } from "../../datasets/molecules/atom_features.ts";
import { Chemistry } from "../../datasets/molecules/chemistry.ts";
import { collateMolecules } from "../support/collate_molecules.ts";
import { dummyDistance } from "../../datasets/molecules/molecule_graph.ts";
import type { MoleculeGraph } from "../../datasets/types.ts";
import { readSafetensors } from "../../host/checkpoint/safetensors.ts";
import type { TensorMap } from "../../host/checkpoint/stored_tensor.ts";

/** Outcome of one golden file of molecule features. */
export interface FeatureCheck {
  readonly name: string;
  /** Largest deviation of what must be exact; for distances the median `distanceChange`. */
  readonly worst: number;
  readonly tolerance: number;
  readonly passed: boolean;
  readonly detail?: string;
}

/**
 * A conformer of a random seed is itself 3.8 % away from the next, and the rule 8.9 % (medians of stack.md 4.5): this is
 * a bound on nonsense, not on accuracy.
 */
const distanceTolerance = 0.25;

interface FeatureManifest {
  readonly file: string;
  readonly config: {
    readonly smiles?: readonly string[];
    /** How each molecule got its coordinates; only "3d" is a conformer. */
    readonly conformer_status?: readonly string[];
  };
}

/** The values and shape of a tensor of numbers. @throws {Error} when it is missing. */
function tensor(
  tensors: TensorMap,
  name: string,
): { shape: readonly number[]; data: Float32Array | Int32Array } {
  const found = tensors.get(name);
  if (found?.dtype !== "F32" && found?.dtype !== "I32") throw new Error(`no F32 or I32 tensor ${name}`);
  return found;
}

/** Counts entries that differ; notes the first. A wrong length counts as a difference. */
class ExactComparison {
  worst = 0;
  detail: string | undefined;

  compare(label: string, found: ArrayLike<number>, expected: ArrayLike<number>): void {
    if (found.length !== expected.length) {
      this.#note(Infinity, `${label}: ${found.length} values, expected ${expected.length}`);
      return;
    }
    for (let index = 0; index < found.length; index++) {
      const deviation = Math.abs(found[index] - expected[index]);
      if (!(deviation <= 0)) {
        this.#note(deviation, `${label}[${index}]: ${found[index]}, expected ${expected[index]}`);
      }
    }
  }

  #note(deviation: number, detail: string): void {
    this.detail ??= detail;
    this.worst = Math.max(this.worst, Number.isNaN(deviation) ? Infinity : deviation);
  }
}

/**
 * Mean relative L1 change of the row sums of exp(-distance) over the atoms (stack.md 4.5), the dummy left out.
 *
 * @param reference nodes x nodes, dummy first.
 */
export function distanceChange(molecule: MoleculeGraph, reference: ArrayLike<number>): number {
  const { nodes, distance } = molecule;
  let change = 0;
  for (let row = 1; row < nodes; row++) {
    let expected = 0, found = 0;
    for (let column = 1; column < nodes; column++) {
      expected += Math.exp(-reference[row * nodes + column]);
      found += Math.exp(-distance[row * nodes + column]);
    }
    change += Math.abs(found - expected) / expected;
  }
  return nodes > 1 ? change / (nodes - 1) : 0;
}

function checkDense(
  manifest: FeatureManifest,
  tensors: TensorMap,
  chemistry: Chemistry,
): Omit<FeatureCheck, "name"> {
  const exact = new ExactComparison();
  const changes: number[] = [];
  const { molecules } = chemistry.featurizeAll(manifest.config.smiles ?? []);
  molecules.forEach((molecule, index) => {
    exact.compare(`feat.${index}`, molecule!.features, tensor(tensors, `feat.${index}`).data);
    exact.compare(`adj.${index}`, molecule!.adjacency, tensor(tensors, `adj.${index}`).data);
    if (tensors.has(`dist.${index}`) && (manifest.config.conformer_status?.[index] ?? "3d") === "3d") {
      changes.push(distanceChange(molecule!, tensor(tensors, `dist.${index}`).data));
    }
  });
  const stray = [...tensors.keys()].find((name) => Number(name.split(".")[1]) >= molecules.length);
  if (stray !== undefined) exact.compare(stray, [], [0]);
  return withDistances(exact, changes);
}

/** Exactness of the features decides alone; the distances are bounded loosely. */
function withDistances(exact: ExactComparison, changes: readonly number[]): Omit<FeatureCheck, "name"> {
  if (exact.worst > 0 || changes.length === 0) {
    return { worst: exact.worst, tolerance: 0, passed: exact.worst === 0, detail: exact.detail };
  }
  const mean = changes.reduce((sum, change) => sum + change, 0) / changes.length;
  return {
    worst: mean,
    tolerance: distanceTolerance,
    passed: mean <= distanceTolerance,
    detail: `features and adjacency exact; exp(-distance) row sums ${
      (100 * mean).toFixed(1)
    } % from a conformer's`,
  };
}

function checkPacked(
  tensors: TensorMap,
  smiles: readonly string[],
  chemistry: Chemistry,
): Omit<FeatureCheck, "name"> {
  const exact = new ExactComparison();
  const atomOffset = tensor(tensors, "atom_offset").data, bondOffset = tensor(tensors, "bond_offset").data;
  const atomBits = tensor(tensors, "atom_bits").data, bonds = tensor(tensors, "bonds").data;
  exact.compare("molecules", [smiles.length], [atomOffset.length - 1]);
  chemistry.featurizeAll(smiles).molecules.forEach((molecule, index) => {
    const { nodes, features, adjacency } = molecule!;
    const bits: number[] = [];
    const pairs: number[] = [];
    for (let node = 1; node < nodes; node++) {
      let packed = 0;
      for (let column = 0; column < atomFeatureCount; column++) {
        if (features[node * atomFeatureCount + column] === 1) packed |= 1 << column;
      }
      bits.push(packed);
      for (let next = node + 1; next < nodes; next++) {
        if (adjacency[node * nodes + next] === 1) pairs.push(node - 1, next - 1);
      }
    }
    exact.compare(
      `atom_bits of molecule ${index}`,
      bits,
      atomBits.subarray(atomOffset[index], atomOffset[index + 1]),
    );
    exact.compare(
      `bonds of molecule ${index}`,
      pairs,
      bonds.subarray(2 * bondOffset[index], 2 * bondOffset[index + 1]),
    );
  });
  return withDistances(exact, []);
}

/** The reference's own distances of one sample of a padded batch: padding must not depend on the conformer. */
function unpadded(
  molecule: MoleculeGraph,
  distance: ArrayLike<number>,
  sample: number,
  width: number,
): MoleculeGraph {
  const { nodes } = molecule;
  const own = Float32Array.from({ length: nodes * nodes }, (_, index) => {
    const row = Math.floor(index / nodes), column = index % nodes;
    // The dummy's entries are ours: they are exact.
    return row === 0 || column === 0 ? dummyDistance : distance[(sample * width + row) * width + column];
  });
  return { ...molecule, distance: own };
}

function checkCollate(
  manifest: FeatureManifest,
  tensors: TensorMap,
  chemistry: Chemistry,
): Omit<FeatureCheck, "name"> {
  const exact = new ExactComparison();
  const distance = tensor(tensors, "out.dist");
  const width = distance.shape[1];
  const molecules = chemistry.featurizeAll(manifest.config.smiles ?? []).molecules.map((molecule) =>
    molecule!
  );
  const references = molecules.map((molecule, sample) => unpadded(molecule, distance.data, sample, width));
  const batch = collateMolecules(references);
  exact.compare("out.node", batch.features, tensor(tensors, "out.node").data);
  exact.compare("out.adj", batch.adjacency, tensor(tensors, "out.adj").data);
  exact.compare("out.dist", batch.distance, distance.data);
  exact.compare("out.mask", batch.mask, tensor(tensors, "out.mask").data);
  return withDistances(
    exact,
    molecules.map((molecule, sample) => distanceChange(molecule, references[sample].distance)),
  );
}

/**
 * Checks one golden file of kind "features", whatever its molecules: `feat.i`/`adj.i` (dense), `atom_bits` (packed) or
 * `out.node` (a padded batch), told apart by the tensors it holds.
 *
 * @param folder The golden folder that holds `index.json`, e.g. `../shared/goldens/csg2a`.
 * @param name As in the index, e.g. `features/dense30`.
 */
export async function checkFeatures(folder: string, name: string): Promise<FeatureCheck> {
  try {
    return { name, ...await checkFile(join(folder, name)) };
  } catch (error) {
    // A missing tensor or a SMILES that does not parse is a failed check, not the end of the run.
    const detail = error instanceof Error ? error.message : String(error);
    return { name, worst: Infinity, tolerance: 0, passed: false, detail };
  }
}

async function checkFile(base: string): Promise<Omit<FeatureCheck, "name">> {
  const manifest = JSON.parse(await Deno.readTextFile(`${base}.json`)) as FeatureManifest;
  const tensors = readSafetensors(await Deno.readFile(join(base, "..", manifest.file)));
  const chemistry = await Chemistry.load();
  if (tensors.has("atom_bits")) {
    const smiles = JSON.parse(await Deno.readTextFile(`${base}.smiles.json`)) as string[];
    return checkPacked(tensors, smiles, chemistry);
  }
  return tensors.has("out.node")
    ? checkCollate(manifest, tensors, chemistry)
    : checkDense(manifest, tensors, chemistry);
}
