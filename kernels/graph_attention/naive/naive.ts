import { type Kernel, linearGrid, loop, specialise } from "../../descriptor.ts";
import logitsCode from "./logits.wgsl" with { type: "text" };
import messagesCode from "./messages.wgsl" with { type: "text" };
import productsCode from "./products.wgsl" with { type: "text" };
import rowSumsCode from "./row_sums.wgsl" with { type: "text" };
import softmaxCode from "./softmax.wgsl" with { type: "text" };
import softmaxGradientCode from "./softmax_gradient.wgsl" with { type: "text" };

// GAT as message passing: logits, weights and messages of every edge are stored, one output a thread, a launch a step.

/** Logits of every edge and head. */
export const naiveLogits: Kernel = {
  name: "graph_attention_naive_logits",
  code: logitsCode,
  workgroups: ({ edges, heads }) => linearGrid(edges * heads, 64),
  flops: ({ edges, heads }) => 2 * edges * heads,
  bytes: ({ edges, heads }) => edges * (12 + 16 * heads),
  iterations: () => 0,
};

/** Weights; `longest` is the largest number of edges of a node. */
export const naiveEdgeSoftmax: Kernel = {
  name: "graph_attention_naive_softmax",
  code: softmaxCode,
  workgroups: ({ nodes, heads }) => linearGrid(nodes * heads, 64),
  flops: ({ edges, heads }) => 8 * edges * heads,
  bytes: ({ edges, heads }) => 24 * edges * heads,
  iterations: ({ longest }) => 3 * loop(longest),
};

/** Messages of every edge: [edges, heads x channels]. */
export const naiveMessages: Kernel = {
  name: "graph_attention_naive_messages",
  code: messagesCode,
  workgroups: ({ edges, heads, channels }) => linearGrid(edges * heads * channels, 64),
  flops: ({ edges, heads, channels }) => edges * heads * channels,
  bytes: ({ edges, heads, channels }) => 4 * edges * heads * (2 * channels + 1),
  iterations: () => 0,
};

/** Sums over rows of edges, or `indirect` over lists of slots. */
export function naiveRowSums(indirect: boolean): Kernel {
  return specialise({
    name: "graph_attention_naive_row_sums",
    code: rowSumsCode,
    workgroups: ({ rows, width }) => linearGrid(rows * width, 64),
    flops: ({ edges, width }) => edges * width,
    bytes: ({ edges, rows, width }) => 4 * (edges + rows) * width,
    iterations: ({ longest }) => loop(longest),
  }, { INDIRECT: indirect ? 1 : 0 });
}

/** Gradient of the weights. */
export const naiveProducts: Kernel = {
  name: "graph_attention_naive_products",
  code: productsCode,
  workgroups: ({ edges, heads }) => linearGrid(edges * heads, 64),
  flops: ({ edges, heads, channels }) => 2 * edges * heads * channels,
  bytes: ({ edges, heads, channels }) => 4 * edges * heads * (2 * channels + 1),
  iterations: ({ channels }) => loop(channels),
};

/** Gradient of the logits. */
export const naiveEdgeSoftmaxGradient: Kernel = {
  name: "graph_attention_naive_softmax_gradient",
  code: softmaxGradientCode,
  workgroups: ({ nodes, heads }) => linearGrid(nodes * heads, 64),
  flops: ({ edges, heads }) => 6 * edges * heads,
  bytes: ({ edges, heads }) => 24 * edges * heads,
  iterations: ({ longest }) => 2 * loop(longest),
};
