import type { GraphAttentionForm } from "../../../kernels/graph_attention/graph_attention.ts";
import type { DeviceGraph } from "./graph.ts";

/** Dropout of attention weights, redrawn in the backward pass from (seed, step, site, slot x heads + head). */
export interface AttentionDropout {
  /** Share of the weights that are zeroed; the others are divided by 1 - rate. */
  readonly rate: number;
  /** Names the place in the model; left out, one of the step's own. */
  readonly site?: number;
}

/** What both kinds of graph attention are told. */
export interface GraphAttentionAttributes {
  /** Who attends to whom. */
  readonly graph: DeviceGraph;
  /** Heads; rows hold them one after the other, channels of a head together. */
  readonly heads: number;
  /** Of the leaky ReLU for logits at or below 0; 0.2 unless told. */
  readonly slope?: number;
  /** Of the weights, in training. */
  readonly dropout?: AttentionDropout;
  /** Where these heads are some of a layer that is cut by calling it for them apart: dropout is drawn as for the whole. */
  readonly layerHeads?: { readonly first: number; readonly total: number };
  /** Overrules the form by adapter. */
  readonly form?: GraphAttentionForm;
  /** Most heads that are worked on at a time; as many as bindings allow unless told. */
  readonly mostHeads?: number;
}
