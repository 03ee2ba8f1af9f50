import type { Engine } from "../../../engine/engine.ts";
import { gatherRows, invertIndex } from "../../../engine/ops/gather_rows.ts";
import { reshape } from "../../../engine/ops/reshape.ts";
import type { Step } from "../../../engine/step.ts";
import type { Tensor } from "../../../engine/tensor.ts";
import { concatSets } from "../concat_sets.ts";
import { segmentMean } from "../segment_mean.ts";
import type { EdgeIndex } from "./edge_index.ts";

/** A gather with what inverts it. */
export interface EdgeGather {
  /** Row of the source by row of the result. */
  readonly index: Tensor;
  /** Where each source's users begin. */
  readonly starts: Tensor;
  /** Rows of the result by source. */
  readonly users: Tensor;
}

/** How features in the order of a list of edges come into the order of slots. */
export interface EdgeFeatureOrder {
  /** From the list to the edges that are no added loops, by destination. */
  readonly edges: EdgeGather;
  /** Where loops were added: means over incoming edges, and from edges then loops to slots. */
  readonly loops?: { readonly starts: Tensor; readonly destinationOf: Tensor; readonly slots: EdgeGather };
}

/**
 * Prepares `featuresBySlot` for a graph.
 *
 * @param kept what `withSelfLoops` gave, where it added loops
 * @param features rows of the features: edges of the list before loops were added
 */
export function edgeFeatureOrder(
  engine: Engine,
  { csr: { rowptr, edge }, destinations }: EdgeIndex,
  features: number,
  kept?: Uint32Array,
): EdgeFeatureOrder {
  const upload = (values: Uint32Array<ArrayBuffer>, label: string) =>
    engine.constant([values.length], values, label);
  const gather = (index: Uint32Array<ArrayBuffer>, sources: number, label: string): EdgeGather => {
    const { starts, users } = invertIndex(index, sources);
    return {
      index: upload(index, label),
      starts: upload(starts, `${label}: starts`),
      users: upload(users, `${label}: users`),
    };
  };
  if (!kept) return { edges: gather(edge, features, "edges by slot") };
  // Loops were added last, so they are the places behind those kept; every destination has one.
  const places = edge.filter((place) => place < kept.length);
  const destinationOf = new Uint32Array(places.length);
  const slots = new Uint32Array(edge.length);
  let next = 0;
  for (let node = 0; node < destinations; node++) {
    for (let slot = rowptr[node]; slot < rowptr[node + 1]; slot++) {
      const loop = edge[slot] >= kept.length;
      if (!loop) destinationOf[next] = node;
      slots[slot] = loop ? kept.length + node : next++;
    }
  }
  return {
    edges: gather(places.map((place) => kept[place]), features, "edges by destination"),
    loops: {
      starts: upload(rowptr.map((start, node) => start - node), "edges by destination: starts"),
      destinationOf: upload(destinationOf, "destinations of edges"),
      slots: gather(slots, edge.length, "edges and loops by slot"),
    },
  };
}

/**
 * Features in the order of slots; an added loop gets the mean over the edges that come into its node, zeros where none do.
 *
 * Shapes: features [edges of the list, width] -> [slots, width]. Source: kg-gat.md 6.3.
 */
export function featuresBySlot(
  step: Step,
  { features }: { features: Tensor },
  { edges, loops }: EdgeFeatureOrder,
): Tensor {
  const width = features.shape[1];
  const byDestination = gatherRows(step, { x: features, ...edges });
  if (!loops) return byDestination;
  const { starts, destinationOf, slots } = loops;
  const means = segmentMean(step, { x: byDestination, starts, segmentOf: destinationOf });
  const joined = concatSets(step, { a: byDestination, b: means }, { samples: 1 });
  return gatherRows(step, {
    x: reshape(step, { x: joined }, { shape: [slots.index.size, width] }),
    ...slots,
  });
}
