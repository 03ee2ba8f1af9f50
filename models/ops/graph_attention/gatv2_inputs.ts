import type { Gatv2EdgeValues } from "../../../kernels/graph_attention_v2/graph_attention_v2.ts";
import type { Tensor } from "../../../engine/tensor.ts";
import type { HeadSizes } from "./head_sizes.ts";

/** Inputs of a GATv2 layer. */
export type Gatv2Inputs = {
  /** [sources, heads x channels]: projected sources, the messages. */
  xl: Tensor;
  /** [destinations, heads x channels]: projected destinations; may be `xl`. */
  xr: Tensor;
  /** [heads, channels], or any shape of that size: attention vector. */
  vector: Tensor;
  /** [relations, heads]: added to the logit, after the product with `vector`. */
  relationBias?: Tensor;
  /** [edges, features] in the order of slots. */
  edgeFeatures?: Tensor;
  /** [heads x channels, features]: what the features add to xl + xr. */
  edgeWeight?: Tensor;
  /** [edges, heads] in the order of slots, 0 or 1: a dropout mask that is given; divided by 1 - `dropout.rate`. */
  keep?: Tensor;
};

/** What the backward pass of GATv2 needs. */
export interface Gatv2Saved {
  readonly sizes: HeadSizes;
  readonly values: Gatv2EdgeValues;
  /** Heads padded. */
  readonly xl: Tensor;
  readonly xr: Tensor;
  readonly y: Tensor;
  readonly lse: Tensor;
  /** Vector, weight and features of edges, biases and mask, packed. */
  readonly edge: Tensor;
  readonly uniforms: Readonly<Record<string, number>>;
  /** By group: signs and logit of each edge and head; the backward pass puts the logit's gradient in its place. */
  readonly kept: readonly Tensor[];
}
