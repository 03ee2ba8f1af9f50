import { requireRate } from "./require_rate.ts";
import type { Normalisation } from "../../kernels/attention_rows/attention_rows.ts";
import { widestHead } from "../../kernels/gene_attention/streaming.ts";
import { attentionFormTunable } from "../../kernels/gene_attention/tunable.ts";
import { ShapeError } from "../errors.ts";
import { defineOperation } from "../operation.ts";
import type { Step } from "../step.ts";
import type { Tensor } from "../tensor.ts";
import { type AttentionLayout, type AttentionSizes, attentionSizes } from "./attention_sizes.ts";
import type { WeightDropout } from "./attention_weights.ts";
import {
  type DotAttentionInputs,
  type StoredAttention,
  storedBackward,
  storedForward,
  type StoredSlice,
} from "./dot_attention_stored.ts";
import {
  streamingBackwardPass,
  streamingForwardPass,
  type StreamingSaved,
} from "./dot_attention_streaming.ts";

export type { DotAttentionInputs } from "./dot_attention_stored.ts";

/**
 * How weights are handled: "stored" in slices, with tiled products, for software; "streaming", never stored, for GPUs;
 * "naive" is "stored" with one output a thread.
 */
export type DotAttentionForm = "naive" | "stored" | "streaming";

/** Layout, normalisation and form of a dot attention. */
export interface DotAttentionAttributes extends AttentionLayout {
  /** Factor of the products; 1 / sqrt(depth) by default. */
  readonly scale?: number;
  /** "clipped" by default where a mask is given, else "softmax". */
  readonly normalisation?: Normalisation;
  /** Of the weights, before they meet the values. */
  readonly dropout?: WeightDropout;
  /** Overrules the choice by adapter class, for tests and benchmarks. */
  readonly form?: DotAttentionForm;
}

interface Saved {
  readonly stored?: readonly StoredSlice[];
  readonly streaming?: StreamingSaved;
}

/** Fills in what the attributes leave open. @throws {ShapeError} */
export function decideDotAttention(
  inputs: DotAttentionInputs,
  attributes: DotAttentionAttributes,
): StoredAttention {
  const { scale, dropout, form } = attributes;
  if (dropout) requireRate("dotAttention", dropout.rate);
  const sizes = attentionSizes("dotAttention", inputs, attributes);
  const masked = inputs.keyMask ?? inputs.queryMask;
  const normalisation = attributes.normalisation ?? (masked ? "clipped" : "softmax");
  if (normalisation === "softmax" && masked || normalisation === "masked" && inputs.queryMask) {
    throw new ShapeError(`dotAttention(): normalisation "${normalisation}" knows nothing of mask ${masked}.`);
  }
  const variant = form === "naive" ? form : undefined;
  return { sizes, scale: scale ?? 1 / Math.sqrt(sizes.depth), normalisation, dropout, variant };
}

function chooseForm(
  { device }: Step,
  { q, k, v }: DotAttentionInputs,
  sizes: AttentionSizes,
): DotAttentionForm {
  const { samples, heads, queries, keys, depth } = sizes;
  if (depth > widestHead) return "stored";
  const self = q === k && k === v ? 1 : 0;
  return device.tuning.choose(attentionFormTunable, { samples, heads, queries, keys, depth, self }) ??
    (device.adapterClass === "gpu" ? "streaming" : "stored");
}

/**
 * Attention by scaled products: weights(scale q k') v, a head at a time.
 *
 * Shapes: q [samples * queries, width], or [queries, width] shared by all samples; k, v [samples * keys, width]; keyMask
 * [samples, keys] and queryMask [samples, queries], 1 for real -> [samples * queries, width]. q, k and v may be one tensor.
 * Source: badger.md 2.3 and 5.3. On GPUs weights stream through workgroup memory (engine-notes.md 4), for heads up to 128
 * wide; else they are stored in slices of at most 64 MiB, kept for the backward pass up to 128 MiB altogether, beyond that
 * computed again.
 * @throws {ShapeError} when shapes or heads disagree, or a mask has no place in the normalisation.
 * @throws {RangeError} for a dropout rate outside [0, 1].
 */
export const dotAttention: (
  step: Step,
  inputs: DotAttentionInputs,
  attributes: DotAttentionAttributes,
) => Tensor = defineOperation<DotAttentionInputs, DotAttentionAttributes, Saved>({
  name: "dot_attention",
  forward(step, inputs, attributes) {
    const attention = decideDotAttention(inputs, attributes);
    const { samples, queries, heads, depth } = attention.sizes;
    const output = step.empty([samples * queries, heads * depth], "attended values");
    const form = attributes.form ?? chooseForm(step, inputs, attention.sizes);
    if (form === "streaming") {
      if (depth > widestHead) {
        throw new ShapeError(
          `dotAttention(): the streaming form takes heads up to ${widestHead}, not ${depth}.`,
        );
      }
      return { output, saved: { streaming: streamingForwardPass(step, inputs, output, attention) } };
    }
    return { output, saved: { stored: storedForward(step, inputs, output, attention) } };
  },
  backward(step, call) {
    const attention = decideDotAttention(call.inputs, call.attributes);
    const { streaming, stored = [] } = call.saved;
    if (streaming) streamingBackwardPass(step, call, streaming, attention);
    else storedBackward(step, { ...call, saved: stored }, attention);
  },
});
