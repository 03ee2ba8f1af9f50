import type { Step } from "../../../engine/step.ts";
import type { Tensor } from "../../../engine/tensor.ts";
import { GpuError } from "../../../engine/errors.ts";
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
}

/** Inputs of a GAT layer. */
export type GatInputs = {
  /** [sources, heads x channels]: projected sources, the messages. */
  xl: Tensor;
  /** [destinations, heads x channels]: projected destinations; `xl` where both sides are the same nodes and weights. */
  xr: Tensor;
  /** [heads, channels] (any shape of that size): attention vector of the source side. */
  sourceVector: Tensor;
  /** [heads, channels]: of the destination side. */
  destinationVector: Tensor;
  /** [relations, heads]: added to the logit of each edge of the relation. */
  relationBias?: Tensor;
  /** [edges, heads] in the order of slots: added to the logits, before the leaky ReLU. */
  edgeLogits?: Tensor;
  /** [edges, heads] in the order of slots, 0 or 1: a dropout mask that is given; divided by 1 - `dropout.rate`. */
  keep?: Tensor;
};

/** Inputs of GAT attention with the two halves of the logits made elsewhere: `destinationLogits` often collapses to x (W' a). */
export type GatAttentionInputs = Pick<GatInputs, "xl" | "relationBias" | "edgeLogits" | "keep"> & {
  /** [sources, heads]. */
  sourceLogits: Tensor;
  /** [destinations, heads]. */
  destinationLogits: Tensor;
};

/** Inputs of a GATv2 layer. */
export type Gatv2Inputs = {
  /** [sources, heads x channels]: projected sources, the messages. */
  xl: Tensor;
  /** [destinations, heads x channels]: projected destinations; may be `xl`. */
  xr: Tensor;
  /** [heads, channels]: attention vector. */
  vector: Tensor;
  /** [relations, heads]: added to the logit, after the product with `vector`. */
  relationBias?: Tensor;
  /** [edges, features] in the order of slots. */
  edgeFeatures?: Tensor;
  /** [heads x channels, features]: what the features add to xl + xr. */
  edgeWeight?: Tensor;
  /** [edges, heads] in the order of slots, 0 or 1: a given dropout mask. */
  keep?: Tensor;
};

/**
 * GAT: softmax over each destination's incoming edges of leakyRelu(s_j + t_i + bias), then the weighted sum of sources.
 *
 * Shapes: as the inputs say -> [destinations, heads x channels]; a destination without edges gets zeros.
 * Source: arXiv 1710.10903, semantics of PyTorch Geometric's GATConv before head reduction, residual and bias.
 */
export function gatLayer(_step: Step, _inputs: GatInputs, _attributes: GraphAttentionAttributes): Tensor {
  throw new GpuError("gatLayer(): its kernels are not written yet.");
}

/** GAT with the halves of the logits given. Shapes: as the inputs say -> [destinations, heads x channels]. */
export function gatAttention(
  _step: Step,
  _inputs: GatAttentionInputs,
  _attributes: GraphAttentionAttributes,
): Tensor {
  throw new GpuError("gatAttention(): its kernels are not written yet.");
}

/**
 * GATv2: the logit is the product of `vector` with leakyRelu(xl_j + xr_i + edge part), so that each destination ranks its
 * neighbours itself.
 *
 * Shapes: as the inputs say -> [destinations, heads x channels]. Source: arXiv 2105.14491.
 */
export function gatv2Layer(_step: Step, _inputs: Gatv2Inputs, _attributes: GraphAttentionAttributes): Tensor {
  throw new GpuError("gatv2Layer(): its kernels are not written yet.");
}

/**
 * Products of each head's slice with its attention vector. Shapes: x [nodes, heads x channels], vector [heads, channels]
 * -> [nodes, heads].
 */
export function headLogits(_step: Step, _inputs: { x: Tensor; vector: Tensor }, _heads: number): Tensor {
  throw new GpuError("headLogits(): its kernels are not written yet.");
}

/**
 * Attention vectors folded into a projection: x W' with each head's slice times its vector equals x V', V = [heads, in]. With it
 * the destination half of a GAT logit needs no projected rows. Shapes: weight [heads x channels, in], vector [heads, channels].
 */
export function foldHeads(_step: Step, _inputs: { weight: Tensor; vector: Tensor }, _heads: number): Tensor {
  throw new GpuError("foldHeads(): its kernels are not written yet.");
}

/** Mean over heads. Shapes: x [nodes, heads x channels] -> [nodes, channels]. */
export function meanOfHeads(_step: Step, _inputs: { x: Tensor }, _heads: number): Tensor {
  throw new GpuError("meanOfHeads(): its kernels are not written yet.");
}
