import { type Kernel, linearGrid, loop } from "../descriptor.ts";
import { constantsCode } from "./graph_attention.ts";
import forwardCode from "./head_logits.wgsl" with { type: "text" };
import rowsCode from "./head_logits_rows.wgsl" with { type: "text" };
import weightedSumCode from "./weighted_sum.wgsl" with { type: "text" };

/** Each head's slice times its vector: x [nodes, heads x channels] -> [nodes, heads]. */
export const headLogitsForward: Kernel = {
  name: "head_logits",
  code: forwardCode,
  workgroups: ({ nodes, heads }) => linearGrid(nodes * heads, 64),
  flops: ({ nodes, heads, channels }) => 2 * nodes * heads * channels,
  bytes: ({ nodes, heads, channels }) => 4 * nodes * heads * (channels + 1),
  iterations: ({ channels }) => loop(channels),
};

/** Gradient of the rows. */
export const headLogitsRows: Kernel = {
  name: "head_logits_rows",
  code: rowsCode,
  workgroups: ({ nodes, heads, channels }) => linearGrid(nodes * heads * channels, 64),
  flops: ({ nodes, heads, channels }) => nodes * heads * channels,
  bytes: ({ nodes, heads, channels }) => 4 * nodes * heads * (channels + 1),
  iterations: () => 0,
};

/**
 * Sums over chunks of rows of x times weights: one a head ("heads"), one a channel ("channels"), or one a channel with as many other
 * numbers before each head's ("second").
 */
export function weightedSum(weights: "heads" | "channels" | "second"): Kernel {
  const constants = { BY_HEAD: weights === "heads" ? 1 : 0, STRIDED: weights === "second" ? 1 : 0 };
  return {
    name: "head_weighted_sum",
    code: `${constantsCode(constants)}${weightedSumCode}`,
    workgroups: ({ chunks, heads, channels }) => linearGrid(chunks * heads * channels, 64),
    flops: ({ rows, heads, channels }) => 2 * rows * heads * channels,
    bytes: ({ rows, heads, channels }) =>
      4 * rows * heads * (weights === "heads" ? channels + 1 : 2 * channels),
    iterations: ({ chunk }) => loop(chunk),
  };
}
