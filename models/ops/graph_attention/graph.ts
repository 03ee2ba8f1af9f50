import type { Engine } from "../../../engine/engine.ts";
import type { Tensor } from "../../../engine/tensor.ts";
import { type EdgeIndex, sorted } from "./edge_index.ts";
import { type ItemOrder, itemWords, rowChunk, workItems } from "./work_list.ts";

export { type EdgeIndex, edgeIndex, edgeLimits, type EdgeList, withSelfLoops } from "./edge_index.ts";

/** Rows of edges on the device, with the work list that is dispatched over them. */
export interface DeviceRows {
  /** u32: a row's words an edge, edge after edge, then the work items. */
  readonly index: Tensor;
  /** Where the items begin. */
  readonly itemsAt: number;
  /** Number of items. */
  readonly items: number;
  /** Most edges of an item. */
  readonly longest: number;
  /** Rows that were split, [merges, 4] u32; undefined where there are none. */
  readonly merges?: Tensor;
  /** Parts of split rows. */
  readonly parts: number;
  /** Most parts of a row. */
  readonly mostParts: number;
}

/** A graph as graph attention reads it. */
export interface DeviceGraph {
  /** Nodes that edges come from. */
  readonly sources: number;
  /** Nodes that edges go to. */
  readonly destinations: number;
  /** Number of edges. */
  readonly edges: number;
  /** Number of relations. */
  readonly relations: number;
  /** By destination; a word an edge: source | relation << 24. */
  readonly incoming: DeviceRows;
  /** By source; two words an edge: destination | relation << 24, slot. */
  readonly outgoing: DeviceRows;
  /** Slots by relation; where there are several relations. */
  readonly byRelation?: DeviceRows;
}

/** How to lay a graph out; for tests and benchmarks. */
export interface DeviceGraphOptions {
  /** Edges of an item; 512 unless told. `Infinity` never splits a row. */
  readonly chunk?: number;
  /** Of the work lists; by the adapter unless told. */
  readonly order?: ItemOrder;
}

/** Uploads a graph: 12 bytes an edge (16 with relations) and 16 a node and side. The engine owns the buffers. */
export function deviceGraph(
  engine: Engine,
  { sources, destinations, edges, relations, csr, csc }: EdgeIndex,
  options: DeviceGraphOptions = {},
): DeviceGraph {
  const { chunk = rowChunk, order = engine.device.adapterClass === "gpu" ? "falling" : "dealt" } = options;
  const rows = (label: string, starts: Uint32Array, words: number, fill: (words: Uint32Array) => void) => {
    const { items, merges, ...counts } = workItems(starts, chunk, order);
    const index = new Uint32Array(words * edges + items.length);
    fill(index);
    index.set(items, words * edges);
    return {
      ...counts,
      index: engine.constant([index.length], index, label),
      itemsAt: words * edges,
      items: items.length / itemWords,
      merges: merges.length > 0
        ? engine.constant([merges.length / itemWords, itemWords], merges, `${label}: split rows`)
        : undefined,
    };
  };
  const relationBits = (slot: number) => csr.rel ? csr.rel[slot] << 24 : 0;
  const bySlot = (relation: Uint8Array) => {
    const { starts, order: slots } = sorted(relation, relations);
    return rows("edges by relation", starts, 1, (words) => words.set(slots));
  };
  return {
    sources,
    destinations,
    edges,
    relations,
    incoming: rows("incoming edges", csr.rowptr, 1, (words) => {
      for (let slot = 0; slot < edges; slot++) words[slot] = csr.src[slot] | relationBits(slot);
    }),
    outgoing: rows("outgoing edges", csc.colptr, 2, (words) => {
      for (let k = 0; k < edges; k++) {
        words[2 * k] = csc.dst[k] | relationBits(csc.slot[k]);
        words[2 * k + 1] = csc.slot[k];
      }
    }),
    byRelation: csr.rel && bySlot(csr.rel),
  };
}
