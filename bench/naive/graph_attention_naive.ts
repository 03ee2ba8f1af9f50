import {
  naiveEdgeSoftmax,
  naiveEdgeSoftmaxGradient,
  naiveLogits,
  naiveMessages,
  naiveProducts,
  naiveRowSums,
} from "../../kernels/graph_attention/naive/naive.ts";
import type { Engine } from "../../engine/mod.ts";
import { defineOperation } from "../../engine/operation.ts";
import type { Step } from "../../engine/step.ts";
import type { Tensor } from "../../engine/tensor.ts";
import { type EdgeIndex, sorted } from "../../models/ops/graph_attention/edge_index.ts";

/** A graph as arrays by themselves, as message passing reads it. */
export interface NaiveGraph {
  readonly edges: number;
  readonly sources: number;
  readonly destinations: number;
  readonly relations: number;
  /** By slot. */
  readonly source: Tensor;
  readonly destination: Tensor;
  readonly relation: Tensor;
  readonly rowptr: Tensor;
  readonly colptr: Tensor;
  readonly slot: Tensor;
  readonly relationStarts: Tensor;
  readonly relationSlots: Tensor;
  /** Most edges of a destination, a source, a relation. */
  readonly longest: { readonly incoming: number; readonly outgoing: number; readonly relation: number };
}

/** Uploads a graph with relations. */
export function naiveGraph(engine: Engine, index: EdgeIndex): NaiveGraph {
  const { csr, csc, edges, destinations } = index;
  const upload = (label: string, values: Uint32Array<ArrayBuffer>) =>
    engine.constant([values.length], values, label);
  const destination = new Uint32Array(edges);
  for (let i = 0; i < destinations; i++) destination.fill(i, csr.rowptr[i], csr.rowptr[i + 1]);
  const relation = Uint32Array.from(csr.rel ?? new Uint8Array(edges));
  const byRelation = sorted(relation, index.relations);
  const longest = (starts: Uint32Array) =>
    starts.reduce((most, start, k) => Math.max(most, k > 0 ? start - starts[k - 1] : 0), 0);
  return {
    ...index,
    source: upload("sources", csr.src),
    destination: upload("destinations", destination),
    relation: upload("relations", relation),
    rowptr: upload("starts by destination", csr.rowptr),
    colptr: upload("starts by source", csc.colptr),
    slot: upload("slots by source", csc.slot),
    relationStarts: upload("starts by relation", byRelation.starts),
    relationSlots: upload("slots by relation", byRelation.order),
    longest: {
      incoming: longest(csr.rowptr),
      outgoing: longest(csc.colptr),
      relation: longest(byRelation.starts),
    },
  };
}

/** Inputs as those of `gatAttention`. */
export type NaiveGatInputs = {
  xl: Tensor;
  sourceLogits: Tensor;
  destinationLogits: Tensor;
  relationBias: Tensor;
};

/** The graph, and sizes. */
export interface NaiveGatAttributes {
  readonly graph: NaiveGraph;
  readonly heads: number;
  readonly slope: number;
}

/**
 * GAT with logits, weights and messages of every edge in memory and one output a thread: the readable twin of `gatAttention`, and what
 * benchmarks compare it with. Without dropout; rows are not split.
 *
 * Shapes as `gatAttention`. Source: kg-gat.md 6.1, 6.4.
 */
export const gatAttentionNaive: (
  step: Step,
  inputs: NaiveGatInputs,
  attributes: NaiveGatAttributes,
) => Tensor = defineOperation<
  NaiveGatInputs,
  NaiveGatAttributes,
  { logits: Tensor; weights: Tensor; channels: number }
>({
  name: "gat_attention_naive",
  forward(step, { xl, sourceLogits, destinationLogits, relationBias }, { graph, heads, slope }) {
    const { edges, destinations, longest: { incoming: longest } } = graph;
    const width = xl.shape[1];
    const channels = width / heads;
    const logits = step.empty([edges, heads], "logits");
    step.run(naiveLogits, {
      sources: graph.source,
      destinations: graph.destination,
      relations: graph.relation,
      source_logits: sourceLogits,
      destination_logits: destinationLogits,
      bias: relationBias,
      logits,
    }, { edges, heads });
    const weights = step.empty([edges, heads], "weights");
    const rows = { nodes: destinations, edges, heads, slope, longest };
    step.run(naiveEdgeSoftmax, { starts: graph.rowptr, logits, weights }, rows);
    const messages = step.empty([edges, width], "messages");
    const sizes = { edges, heads, channels };
    step.run(naiveMessages, { nodes: graph.source, weights, x: xl, messages }, sizes);
    const y = step.empty([destinations, width], "sums of messages");
    sumRows(step, graph.rowptr, undefined, messages, y, { rows: destinations, width, edges, longest });
    return { output: y, saved: { logits, weights, channels } };
  },
  backward(step, { inputs: { xl }, attributes, saved: { logits, weights, channels }, dy, gradient }) {
    const { graph, heads, slope } = attributes;
    const { edges, sources, destinations, relations, longest } = graph;
    const width = heads * channels;
    const sizes = { edges, heads, channels };
    const gradients = step.empty([edges, heads], "gradients of weights, then logits");
    const ends = { sources: graph.source, destinations: graph.destination };
    step.run(naiveProducts, { ...ends, xl, dy, dweights: gradients }, sizes);
    const rows = { nodes: destinations, edges, heads, slope, longest: longest.incoming };
    step.run(naiveEdgeSoftmaxGradient, { starts: graph.rowptr, logits, weights, gradients }, rows);
    const dxl = gradient("xl");
    if (dxl) {
      const messages = step.empty([edges, width], "messages back");
      step.run(naiveMessages, { nodes: graph.destination, weights, x: dy, messages }, sizes);
      const counts = { rows: sources, width, edges, longest: longest.outgoing };
      sumRows(step, graph.colptr, graph.slot, messages, dxl, counts);
    }
    const [ds, dt, dbias] = ["sourceLogits", "destinationLogits", "relationBias"].map((name) =>
      gradient(name as keyof NaiveGatInputs)
    );
    const narrow = { width: heads, edges };
    if (ds) {
      const counts = { ...narrow, rows: sources, longest: longest.outgoing };
      sumRows(step, graph.colptr, graph.slot, gradients, ds, counts);
    }
    if (dt) {
      const counts = { ...narrow, rows: destinations, longest: longest.incoming };
      sumRows(step, graph.rowptr, undefined, gradients, dt, counts);
    }
    if (dbias) {
      const counts = { ...narrow, rows: relations, longest: longest.relation };
      sumRows(step, graph.relationStarts, graph.relationSlots, gradients, dbias, counts);
    }
  },
});

function sumRows(
  step: Step,
  starts: Tensor,
  slots: Tensor | undefined,
  values: Tensor,
  sums: Tensor,
  sizes: { rows: number; width: number; edges: number; longest: number },
): void {
  step.run(naiveRowSums(slots !== undefined), { starts, slots: slots ?? starts, values, sums }, sizes);
}
