import type { Step, Tensor } from "../../engine/mod.ts";
import { add } from "../../engine/ops/add.ts";
import { additiveAttention } from "../ops/additive_attention.ts";
import { broadcastAdd } from "../../engine/ops/broadcast_add.ts";
import { dotAttention } from "../../engine/ops/dot_attention.ts";
import { dotAttentionWithWeights } from "../ops/dot_weights.ts";
import { layerNorm } from "../../engine/ops/layer_norm.ts";
import { linear } from "../../engine/ops/linear.ts";
import { setNorm } from "../ops/set_norm.ts";
import type { Lookup } from "../lookup.ts";
import type { AttentionKind, BadgerConfig } from "./config.ts";

/** What an attention block takes. */
export interface BlockInputs {
  /** Queries: [samples * n, H], or [n, H] shared by all samples. */
  readonly x: Tensor;
  /** Keys and values [samples * m, H]; the queries themselves when absent. */
  readonly y?: Tensor;
  /** [samples, m], 1 for real keys. */
  readonly keyMask?: Tensor;
  /** Samples of the batch. */
  readonly samples: number;
  /** Whether all samples share the queries. */
  readonly sharedQueries?: boolean;
}

/** How a block attends, and how it normalises. */
export interface BlockOptions
  extends Pick<BadgerConfig, "heads" | "cleanPath" | "norm" | "setNorm" | "sameLinear"> {
  /** How scores are formed. */
  readonly kind: AttentionKind;
  /** Added to what the block gives. */
  readonly residual?: Tensor;
  /** Hands the weights, [heads * samples, n, m], to the caller, who may differentiate them. */
  readonly onWeights?: (weights: Tensor) => void;
  /** Whether those are as stored, rows padded to whole quads. */
  readonly asStored?: boolean;
}

/**
 * The attention block of BADGER (badger.md 2.2): queries x attend to y, with feed-forward and two residuals.
 *
 * Returns [samples * n, H].
 */
export function attentionBlock(step: Step, p: Lookup, inputs: BlockInputs, options: BlockOptions): Tensor {
  const { x, y, keyMask, samples, sharedQueries = false } = inputs;
  const self = y === undefined;
  const norm = (of: Tensor, name: string, sets: number, mask?: Tensor) =>
    options.norm === "layer"
      ? layerNorm(step, { x: of, scale: p(`${name}.weight`), shift: p(`${name}.bias`) }, { kind: "torch" })
      : setNorm(step, { x: of, scale: p(`${name}.weights_gamma`), shift: p(`${name}.bias_beta`), mask }, {
        samples: sets,
        kind: options.setNorm,
      });
  const feedForward = (of: Tensor) => {
    const dense = (v: Tensor, i: number) =>
      linear(step, { x: v, weight: p(`rff.rff.${i}.weight`), bias: p(`rff.rff.${i}.bias`) }, {
        activation: "relu",
      });
    return dense(dense(of, 0), 2);
  };
  const attend = (queries: Tensor, keys: Tensor | undefined, residual: Tensor) =>
    multiHead(step, p, { ...inputs, x: queries, y: keys }, options, residual);
  const sets = sharedQueries ? 1 : samples;
  if (options.cleanPath) {
    const normed = norm(x, "norm1", sets);
    const mixed = attend(normed, self ? undefined : norm(y, "norm1", samples, keyMask), x);
    return add(step, { a: mixed, b: feedForward(norm(mixed, "norm2", samples)), c: options.residual });
  }
  const mixed = norm(attend(x, y, x), "norm1", samples);
  const settled = norm(mixed, "norm2", samples);
  return add(step, { a: settled, b: feedForward(mixed), c: options.residual });
}

/** residual + multi-head attention (badger.md 2.3), [samples * n, H]. */
function multiHead(
  step: Step,
  p: Lookup,
  { x, y = x, keyMask, samples, sharedQueries = false }: BlockInputs,
  { heads, kind, sameLinear, onWeights, asStored = false }: BlockOptions,
  residual: Tensor,
): Tensor {
  const project = (of: Tensor, name: string) =>
    linear(step, {
      x: of,
      weight: p(`multihead.project_${name}.weight`),
      bias: p(`multihead.project_${name}.bias`),
    }, {});
  const q = project(x, sameLinear ? "shared" : "queries");
  const k = !sameLinear ? project(y, "keys") : y === x ? q : project(y, "shared");
  const v = sameLinear ? k : project(y, "values");
  const layout = { samples, heads, sharedQueries };
  const similarity = (name: string) => p(`multihead.attention.similarity.${name}`);
  let values: Tensor;
  if (kind === "additive") {
    const attended = additiveAttention(step, {
      q,
      k,
      v,
      keyMask,
      queryWeight: similarity("U"),
      keyWeight: similarity("T"),
      bias: similarity("b"),
      vector: similarity("W.1.weight"),
      offset: similarity("W.1.bias"),
    }, layout);
    values = attended.values;
    onWeights?.(asStored ? attended.stored : attended.weights());
  } else {
    const attributes = { ...layout, scale: kind === "dot" ? 1 : undefined };
    const attended = onWeights && dotAttentionWithWeights(step, { q, k, v, keyMask }, attributes);
    values = attended?.values ?? dotAttention(step, { q, k, v, keyMask }, attributes);
    if (attended) onWeights?.(asStored ? attended.stored : attended.weights());
  }
  const out = { weight: p("multihead.concatenation.weight"), bias: p("multihead.concatenation.bias") };
  if (!sharedQueries) return linear(step, { x: values, ...out, residual }, {});
  const items = residual.shape[0];
  const full = linear(step, { x: values, ...out }, {});
  return broadcastAdd(step, { full, item: residual }, { samples, items });
}
