import type { Step, Tensor } from "../../engine/mod.ts";
import { broadcastAdd } from "../../engine/ops/broadcast_add.ts";
import { cropWeights } from "../ops/crop_weights.ts";
import { dotAttention } from "../../engine/ops/dot_attention.ts";
import { dotWeights } from "../ops/dot_weights.ts";
import { linear } from "../../engine/ops/linear.ts";
import type { Lookup } from "../lookup.ts";

/** Who asks whom. */
export interface AttentionInputs {
  /** [samples * n, width], or [n, width] when the samples share them. */
  readonly queries: Tensor;
  /** Keys and values [samples * m, width]; the queries themselves when absent. */
  readonly keys?: Tensor;
  /** [samples, m], 1 for real keys; the others get -1e10 before the softmax. */
  readonly keyMask?: Tensor;
  /** Samples of the batch. */
  readonly samples: number;
  /** Whether the samples share the queries. */
  readonly shared?: boolean;
}

/** How it is done. */
export interface AttentionOptions {
  /** Heads; divides the width. */
  readonly heads: number;
  /** Dropout of the weights, 0 outside training. */
  readonly rate: number;
  /** Place in the model, for the random numbers. */
  readonly site: number;
  /** Hands the weights before dropout to the caller, [heads * samples, n, m]: recorded beside the attention for that. */
  readonly onWeights?: (weights: Tensor) => void;
}

/**
 * Multi-head attention of DeepCE and CIGER (badger.md 5.3): four linear layers `fc_q`, `fc_k`, `fc_v`, `fc_o`, scores over
 * sqrt(depth), dropout on the weights.
 *
 * Shapes: as the inputs say -> [samples * n, width].
 */
export function multiHeadAttention(
  step: Step,
  p: Lookup,
  { queries, keys = queries, keyMask, samples, shared = false }: AttentionInputs,
  { heads, rate, site, onWeights }: AttentionOptions,
): Tensor {
  const dense = (x: Tensor, name: string) =>
    linear(step, { x, weight: p(`fc_${name}.weight`), bias: p(`fc_${name}.bias`) }, {});
  const q = dense(queries, "q");
  // Shared keys are projected once; dropout tells the samples apart only after that.
  const own = (x: Tensor) =>
    shared && keys === queries ? broadcastAdd(step, { item: x }, { samples, items: x.shape[0] }) : x;
  const [k, v] = ["k", "v"].map((name) => own(dense(keys, name)));
  const normalisation = keyMask ? "masked" as const : "softmax" as const;
  const layout = { samples, heads, sharedQueries: shared, normalisation };
  if (onWeights) {
    const count = k.size / (samples * k.shape.at(-1)!);
    onWeights(cropWeights(step, { weights: dotWeights(step, { q, k, keyMask }, layout) }, { keys: count }));
  }
  return dense(dotAttention(step, { q, k, v, keyMask }, { ...layout, dropout: { rate, site } }), "o");
}
