import {
  joinMasks,
  rowStatistics,
  streamingForward,
  streamingKeyPass,
  type StreamingOptions,
  streamingQueryPass,
  streamingSelfPass,
} from "../../kernels/gene_attention/streaming.ts";
import type { BackwardCall } from "../operation.ts";
import type { Step } from "../step.ts";
import type { Tensor } from "../tensor.ts";
import type { DotAttentionInputs, StoredAttention } from "./dot_attention_stored.ts";
import { sumColumns } from "./sum_rows.ts";

/** What the streaming form keeps: a number a row, and the joined masks. */
export interface StreamingSaved {
  readonly logSums: Tensor;
  readonly masks: Tensor;
}

function optionsOf({ keyMask, queryMask }: DotAttentionInputs, attention: StoredAttention): StreamingOptions {
  const { sizes: { depth }, normalisation, dropout } = attention;
  const masks = { keys: keyMask !== undefined, queries: queryMask !== undefined };
  return { depth, normalisation, masks, dropout: (dropout?.rate ?? 0) > 0 };
}

function uniforms({ sizes, scale, dropout }: StoredAttention) {
  const { samples, heads, queries, keys, depth, shared } = sizes;
  const site = dropout?.site ?? 0;
  const rate = dropout?.rate ?? 0;
  return { samples, heads, queries, keys, depth, shared_queries: shared ? 1 : 0, site, rate, scale };
}

/** Records the forward pass without storing weights. */
export function streamingForwardPass(
  step: Step,
  inputs: DotAttentionInputs,
  output: Tensor,
  attention: StoredAttention,
): StreamingSaved {
  const { q, k, v, keyMask, queryMask } = inputs;
  const { samples, heads, queries, keys } = attention.sizes;
  const options = optionsOf(inputs, attention);
  const masked = keyMask ?? queryMask;
  const masks = masked ? step.empty([samples * (keys + queries)], "joined masks") : q;
  if (masked) {
    const bindings = { key_mask: keyMask ?? masked, query_mask: queryMask ?? masked, masks };
    step.run(joinMasks(options.masks), bindings, { keys: samples * keys, queries: samples * queries });
  }
  const logSums = step.empty([samples, heads, queries], "logarithms of row sums");
  const bindings = { q, k, v, masks, y: output, log_sums: logSums };
  step.run(streamingForward(options), bindings, uniforms(attention));
  return { logSums, masks };
}

/** Records the backward pass: one pass where queries, keys and values are one tensor, else one by queries and one by keys. */
export function streamingBackwardPass<A>(
  step: Step,
  { inputs, output, dy, gradient }: Omit<BackwardCall<DotAttentionInputs, A, unknown>, "saved">,
  { logSums, masks }: StreamingSaved,
  attention: StoredAttention,
): void {
  const { q, k, v } = inputs;
  const { samples, heads, queries, depth, shared } = attention.sizes;
  const options = optionsOf(inputs, attention);
  const sizes = uniforms(attention);
  const statistics = step.empty([samples, heads, queries, 2], "row statistics");
  step.run(rowStatistics, { log_sums: logSums, y: output, dy, statistics }, {
    samples,
    heads,
    queries,
    depth,
  });
  const bindings = { q, k, v, dy, masks, statistics };
  if (q === k && k === v && attention.normalisation === "softmax" && !options.dropout) {
    const dx = gradient("q");
    if (dx) step.run(streamingSelfPass(depth), { ...bindings, dx }, sizes);
    return;
  }
  const dq = gradient("q");
  if (dq) {
    const bySample = shared && samples > 1;
    const into = bySample ? step.empty([samples, dq.size], "query gradient by sample") : dq;
    step.run(streamingQueryPass(options), { ...bindings, dq: into }, sizes);
    if (bySample) sumColumns(step, into, samples, dq.size, dq);
  }
  const dk = gradient("k");
  const dv = v === k ? undefined : gradient("v");
  if (!dk && !dv) return;
  const unwanted = (shape: readonly number[]) => step.empty(shape, "unwanted gradient");
  const together = v === k;
  step.run(streamingKeyPass(options, together), {
    ...bindings,
    dk: dk ?? unwanted(k.shape),
    dv: dv ?? (together ? step.empty([64], "no gradient") : unwanted(v.shape)),
  }, sizes);
}
