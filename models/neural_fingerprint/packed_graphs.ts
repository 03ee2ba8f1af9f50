import type { NeuralGraphBatch } from "../../datasets/molecules/batch_neural_graphs.ts";
import {
  neuralAtomFeatureCount,
  neuralBondFeatureCount,
  type NeuralGraph,
} from "../../datasets/molecules/neural_graph.ts";
import { placement } from "../ops/place_rows.ts";

/** How many of everything the molecules of a batch may hold: one plan a capacity. */
export interface GraphCapacity {
  /** Molecules: one a sample, a drug as often as it occurs in the batch. */
  readonly molecules: number;
  /** Atoms of all of them. */
  readonly atoms: number;
  /** Bonds of all of them. */
  readonly bonds: number;
  /** Atoms of the largest molecule. */
  readonly slots: number;
}

/** Rounds up to four steps an octave, so that few plans serve all batches of a data set. */
function bucket(count: number, least: number): number {
  if (count <= least) return least;
  const step = 2 ** (Math.floor(Math.log2(count - 1)) - 2);
  return Math.ceil(count / step) * step;
}

/** The bucket that a batch of molecules falls into. */
export function graphCapacity(graphs: readonly NeuralGraph[]): GraphCapacity {
  const sum = (of: (graph: NeuralGraph) => number) => graphs.reduce((total, graph) => total + of(graph), 0);
  return {
    molecules: graphs.length,
    atoms: bucket(sum(({ atoms }) => atoms), 64),
    bonds: bucket(sum(({ bondAtoms }) => bondAtoms.length / 2), 64),
    slots: bucket(Math.max(...graphs.map(({ atoms }) => atoms)), 8),
  };
}

/** Host arrays of a batch of molecules as one graph; surplus rows have no neighbours, no place and count for nothing. */
export interface PackedGraphs {
  /** [atoms, 62] */
  readonly atomFeatures: Float32Array<ArrayBuffer>;
  /** [bonds, 6] */
  readonly bondFeatures: Float32Array<ArrayBuffer>;
  /** [1]: atoms that are real. */
  readonly count: Uint32Array<ArrayBuffer>;
  /** [atoms + 1] */
  readonly starts: Uint32Array<ArrayBuffer>;
  /** [2 bonds] */
  readonly neighbours: Uint32Array<ArrayBuffer>;
  /** [2 bonds] */
  readonly neighbourBonds: Uint32Array<ArrayBuffer>;
  /** [molecules, slots]: see `placeRows`. */
  readonly sourceOf: Uint32Array<ArrayBuffer>;
  /** [atoms] */
  readonly placeOf: Uint32Array<ArrayBuffer>;
  /** [molecules, slots], 1 for atoms. */
  readonly mask: Float32Array<ArrayBuffer>;
}

/** Fits a batch into a capacity. @throws {RangeError} when it is larger. */
export function packGraphs(batch: NeuralGraphBatch, capacity: GraphCapacity): PackedGraphs {
  const { molecules, atoms, bonds, slots } = capacity;
  const padded = <A extends Float32Array | Uint32Array>(into: A, values: A, rest?: number): A => {
    into.set(values);
    if (rest !== undefined) into.fill(rest, values.length);
    return into;
  };
  const { sourceOf, placeOf, mask } = placement(
    { sampleOf: batch.atomMolecule, slotOf: batch.atomSlot },
    { samples: molecules, items: slots, rows: atoms },
  );
  return {
    atomFeatures: padded(new Float32Array(atoms * neuralAtomFeatureCount), batch.atomFeatures),
    bondFeatures: padded(new Float32Array(bonds * neuralBondFeatureCount), batch.bondFeatures),
    count: Uint32Array.of(batch.atoms),
    starts: padded(new Uint32Array(atoms + 1), batch.neighbourPtr, batch.neighbourAtom.length),
    neighbours: padded(new Uint32Array(2 * bonds), batch.neighbourAtom),
    neighbourBonds: padded(new Uint32Array(2 * bonds), batch.neighbourBond),
    sourceOf,
    placeOf,
    mask,
  };
}
