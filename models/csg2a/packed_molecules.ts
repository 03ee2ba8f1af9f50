import type { MoleculeGraph } from "../../datasets/types.ts";
import { atomFeatureCount, attentionLambdas } from "./sizes.ts";

/** How many of everything a batch of packed molecules may hold: one plan a capacity. */
export interface MoleculeCapacity {
  /** Molecules. */
  readonly molecules: number;
  /** Nodes of all of them. */
  readonly nodes: number;
  /** Sum of squared nodes. */
  readonly pairs: number;
}

/** A molecule with the constant part of its attention computed. */
export interface PreparedMolecule {
  readonly nodes: number;
  readonly features: Float32Array;
  /** nodes x nodes: 0.33 exp(-distance) + 0.34 normalised adjacency (csg2a.md 2.2, item 4). */
  readonly constant: Float32Array;
}

/** Host arrays of a batch of molecules, packed without padding between them; surplus rows are marked. */
export interface PackedMolecules {
  /** [nodes, 28] */
  readonly features: Float32Array<ArrayBuffer>;
  /** [pairs] */
  readonly constant: Float32Array<ArrayBuffer>;
  /** [tiles, 4], see tile.wgsl */
  readonly tiles: Uint32Array<ArrayBuffer>;
  /** [molecules + 1] */
  readonly starts: Uint32Array<ArrayBuffer>;
  /** [nodes] */
  readonly moleculeOf: Uint32Array<ArrayBuffer>;
}

/** Computes the terms of the attention that no parameter enters, in double precision. */
export function prepareMolecule({ nodes, features, adjacency, distance }: MoleculeGraph): PreparedMolecule {
  const [, lambdaDistance, lambdaAdjacency] = attentionLambdas;
  const constant = new Float32Array(nodes * nodes);
  for (let i = 0; i < nodes; i++) {
    let degree = 1e-6;
    for (let j = 0; j < nodes; j++) degree += adjacency[i * nodes + j];
    for (let j = 0; j < nodes; j++) {
      const at = i * nodes + j;
      constant[at] = lambdaDistance * Math.exp(-distance[at]) + lambdaAdjacency * adjacency[at] / degree;
    }
  }
  return { nodes, features, constant };
}

/** Rounds up to four steps an octave, so that few plans serve all batches of a data set. */
function bucket(count: number): number {
  if (count <= 64) return 64;
  const step = 2 ** (Math.floor(Math.log2(count - 1)) - 2);
  return Math.ceil(count / step) * step;
}

/** The bucket that a batch of molecules falls into. */
export function molecularCapacity(molecules: readonly PreparedMolecule[], most: number): MoleculeCapacity {
  const nodes = molecules.reduce((sum, molecule) => sum + molecule.nodes, 0);
  const pairs = molecules.reduce((sum, molecule) => sum + molecule.nodes ** 2, 0);
  return { molecules: most, nodes: bucket(nodes), pairs: bucket(pairs) };
}

/** Tiles that cover any molecules within a capacity, surplus rows included. */
export function tileCount({ molecules, nodes }: MoleculeCapacity): number {
  return Math.ceil(nodes / 4) + molecules + 1;
}

/** Packs molecules one after the other and marks what is left over. @throws {RangeError} when they exceed the capacity. */
export function packMolecules(
  molecules: readonly PreparedMolecule[],
  capacity: MoleculeCapacity,
): PackedMolecules {
  const features = new Float32Array(capacity.nodes * atomFeatureCount);
  const constant = new Float32Array(capacity.pairs);
  const tiles = new Uint32Array(4 * tileCount(capacity));
  const starts = new Uint32Array(capacity.molecules + 1);
  const moleculeOf = new Uint32Array(capacity.nodes).fill(0xffffffff);
  let node = 0, pair = 0, tile = 0;
  molecules.forEach((molecule, m) => {
    features.set(molecule.features, node * atomFeatureCount);
    constant.set(molecule.constant, pair);
    moleculeOf.fill(m, node, node + molecule.nodes);
    for (let first = 0; first < molecule.nodes; first += 4) {
      tiles.set([node + first, node, molecule.nodes | (molecule.nodes << 16), pair], 4 * tile++);
    }
    node += molecule.nodes;
    pair += molecule.nodes ** 2;
    starts[m + 1] = node;
  });
  starts.fill(node, molecules.length + 1);
  for (let row = node; row < capacity.nodes; row += 4) {
    tiles.set([row, Math.min(4, capacity.nodes - row), 0, 0], 4 * tile++);
  }
  return { features, constant, tiles, starts, moleculeOf };
}
