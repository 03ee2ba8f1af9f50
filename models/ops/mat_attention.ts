import {
  attentionKeyValueGradient,
  attentionScoreGradient,
  attentionScores,
  attentionValues,
} from "../../kernels/mat_attention/mat_attention.ts";
import { ShapeError } from "../../engine/errors.ts";
import { defineOperation } from "../../engine/operation.ts";
import type { Step } from "../../engine/step.ts";
import type { Tensor } from "../../engine/tensor.ts";

/** Inputs of the molecule attention over packed molecules; `constant` and `tiles` are data. */
export type MatAttentionInputs = { q: Tensor; k: Tensor; v: Tensor; constant: Tensor; tiles: Tensor };

/** Heads, and the weight of the softmax term. */
export interface MatAttentionAttributes {
  /** Heads side by side in q, k and v. */
  readonly heads: number;
  /** Weight of the softmax term. */
  readonly lambda: number;
}

function sizes({ q, constant, tiles }: MatAttentionInputs, { heads }: MatAttentionAttributes) {
  const [nodes, width] = q.shape;
  return { nodes, pairs: constant.size, tiles: tiles.size / 4, heads, depth: width / heads };
}

/**
 * Attention inside molecules: weights lambda softmax(q k' / sqrt(depth)) + constant, applied to v.
 *
 * Shapes: q, k, v [nodes, heads * depth]; constant [pairs], the distance and adjacency terms, which no parameter
 * enters; tiles [tiles, 4] u32 (see tile.wgsl) -> [nodes, heads * depth]. Surplus rows are zero.
 * Source: csg2a.md 2.2, item 4.
 * @throws {ShapeError} when shapes or heads disagree.
 */
export const matAttention: (
  step: Step,
  inputs: MatAttentionInputs,
  attributes: MatAttentionAttributes,
) => Tensor = defineOperation<MatAttentionInputs, MatAttentionAttributes, Tensor>({
  name: "mat_attention",
  forward(step, inputs, attributes) {
    const { q, k, v, constant, tiles } = inputs;
    if (k.size !== q.size || v.size !== q.size || q.shape[1] % attributes.heads !== 0) {
      throw new ShapeError(`matAttention(): q ${q}, k ${k}, v ${v} do not fit ${attributes.heads} heads.`);
    }
    const size = sizes(inputs, attributes);
    const scale = 1 / Math.sqrt(size.depth);
    const probability = step.empty([size.pairs, size.heads], "attention probability");
    step.run(attentionScores, { q, k, tiles, probability }, { ...size, scale });
    const y = step.empty(q.shape, "attended values");
    step.run(attentionValues(true), { probability, constant, x: v, tiles, y }, {
      ...size,
      lambda: attributes.lambda,
    });
    return { output: y, saved: probability };
  },
  backward(step, { inputs, attributes, saved: probability, dy, gradient }) {
    const { q, k, v, constant, tiles } = inputs;
    const { lambda } = attributes;
    const size = sizes(inputs, attributes);
    const scale = 1 / Math.sqrt(size.depth);
    const dscore = step.empty([size.pairs, size.heads], "score gradient");
    step.run(attentionScoreGradient, { dy, v, probability, tiles, dscore }, {
      ...size,
      scale,
      lambda,
    });
    const dq = gradient("q");
    if (dq) {
      step.run(attentionValues(false), { probability: dscore, constant, x: k, tiles, y: dq }, {
        ...size,
        lambda: 1,
      });
    }
    const dk = gradient("k") ?? step.empty(k.shape, "unwanted gradient");
    const dv = gradient("v") ?? step.empty(v.shape, "unwanted gradient");
    step.run(attentionKeyValueGradient, { probability, constant, dscore, q, dy, tiles, dk, dv }, {
      ...size,
      lambda,
    });
  },
});
