import type { Step, Tensor } from "../../engine/mod.ts";
import { type EdgeIndex, edgeIndex, sorted } from "../ops/graph_attention/edge_index.ts";
import type { DeviceGraph, DeviceRows } from "../ops/graph_attention/graph.ts";
import { itemWords, noRow, rowChunk, workItems } from "../ops/graph_attention/work_list.ts";
import type { NetworkNodes } from "./nodes.ts";
import { sampleNeighbours } from "./sample_neighbours.ts";

/** A graph whose edges the host fills before every step. */
export interface SampledTensors {
  readonly graph: DeviceGraph;
  /** Edges that there is room for. */
  readonly capacity: number;
}

type Values = Map<Tensor, Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>>;

/** Neighbours drawn anew for every step: all nodes stay, edges that were not drawn are left out. */
export class SampledGraph {
  readonly #starts: Uint32Array;
  /** Edges by destination, and the sources of these. */
  readonly #order: Uint32Array;
  readonly #source: Uint32Array;
  /** The last draw: shape, record and upload of a step ask for the same one. */
  #last: { readonly key: string; readonly edges: Uint32Array<ArrayBuffer> } | undefined;
  /** 1 where relations have no bias each. */
  readonly #relations: number;

  constructor(readonly nodes: NetworkNodes, readonly fanOut: readonly number[], biased: boolean) {
    // Places are not in the order of the graph's nodes, so edges are sorted by destination once.
    const { starts, order } = sorted(nodes.destination, nodes.count);
    this.#starts = starts;
    this.#order = order;
    this.#source = Uint32Array.from(order, (edge) => nodes.source[edge]);
    this.#relations = biased ? nodes.relations.length : 1;
  }

  #draw(pairs: Uint32Array, draw: number, seed: number): Uint32Array<ArrayBuffer> {
    const key = `${seed} ${draw} ${pairs.join()}`;
    if (this.#last?.key !== key) {
      const slots = sampleNeighbours(
        { starts: this.#starts, source: this.#source },
        pairs,
        this.fanOut,
        seed,
        draw,
      );
      this.#last = { key, edges: slots.map((slot) => this.#order[slot]) };
    }
    return this.#last.edges;
  }

  /** Edges that a plan has room for: the drawn ones, in steps of half a power of two, so that plans are few. */
  capacity(pairs: Uint32Array, draw: number, seed: number): number {
    const count = this.#draw(pairs, draw, seed).length;
    const all = this.nodes.source.length;
    let room = 256;
    while (room < count) room = room & (room - 1) ? room / 3 * 4 : room / 2 * 3;
    return Math.max(1, Math.min(room, all));
  }

  /** Tensors of a plan for the batch, and others like it. */
  inputs(step: Step, pairs: Uint32Array, draw: number, seed: number): SampledTensors {
    const capacity = this.capacity(pairs, draw, seed);
    const { count } = this.nodes;
    const rows = (label: string, of: number, words: number): DeviceRows => {
      const parts = Math.floor(capacity / rowChunk) + Math.min(of, Math.floor(capacity / (rowChunk + 1)));
      const splits = Math.floor(capacity / (rowChunk + 1));
      const items = of + parts;
      return {
        index: step.input([words * capacity + itemWords * items], label, "u32"),
        itemsAt: words * capacity,
        items,
        longest: rowChunk,
        merges: splits > 0 ? step.input([splits, itemWords], `${label}: split rows`, "u32") : undefined,
        parts,
        mostParts: Math.ceil(capacity / rowChunk),
      };
    };
    return {
      capacity,
      graph: {
        sources: count,
        destinations: count,
        edges: capacity,
        relations: this.#relations,
        incoming: rows("sampled incoming edges", count, 1),
        outgoing: rows("sampled outgoing edges", count, 2),
        byRelation: this.#relations > 1 ? rows("sampled edges by relation", this.#relations, 1) : undefined,
      },
    };
  }

  /** Values of these tensors for a batch. */
  fill(
    values: Values,
    { graph, capacity }: SampledTensors,
    pairs: Uint32Array,
    draw: number,
    seed: number,
  ): void {
    const edges = this.#draw(pairs, draw, seed);
    const { nodes } = this;
    const biased = this.#relations > 1;
    const index = edgeIndex({
      sources: nodes.count,
      destinations: nodes.count,
      source: edges.map((edge) => nodes.source[edge]),
      destination: edges.map((edge) => nodes.destination[edge]),
      ...(biased
        ? { relation: Uint8Array.from(edges, (edge) => nodes.relation[edge]), relations: this.#relations }
        : {}),
    });
    fillGraph(values, graph, index, capacity);
  }
}

function fillGraph(
  values: Values,
  graph: DeviceGraph,
  { csr, csc, edges }: EdgeIndex,
  capacity: number,
): void {
  const bits = (slot: number) => csr.rel ? csr.rel[slot] << 24 : 0;
  const rows = (
    into: DeviceRows,
    starts: Uint32Array,
    words: number,
    write: (words: Uint32Array) => void,
  ) => {
    const { items, merges } = workItems(starts, rowChunk, "dealt");
    const index = new Uint32Array(words * capacity + itemWords * into.items);
    write(index);
    index.fill(noRow, words * capacity);
    index.set(items, words * capacity);
    // An unused item goes over no edges.
    for (let item = items.length; item < itemWords * into.items; item += itemWords) {
      index.fill(0, words * capacity + item + 1, words * capacity + item + itemWords);
    }
    values.set(into.index, index);
    if (!into.merges) return;
    const merged = new Uint32Array(into.merges.size);
    for (let at = 0; at < merged.length; at += itemWords) merged[at] = noRow;
    merged.set(merges);
    values.set(into.merges, merged);
  };
  rows(graph.incoming, csr.rowptr, 1, (words) => {
    for (let slot = 0; slot < edges; slot++) words[slot] = csr.src[slot] | bits(slot);
  });
  rows(graph.outgoing, csc.colptr, 2, (words) => {
    for (let at = 0; at < edges; at++) {
      words[2 * at] = csc.dst[at] | bits(csc.slot[at]);
      words[2 * at + 1] = csc.slot[at];
    }
  });
  if (!graph.byRelation) return;
  const { starts, order } = sorted(csr.rel!, graph.relations);
  rows(graph.byRelation, starts, 1, (words) => words.set(order));
}
