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
export type MatAttentionInputs = { qkv: Tensor; constant: Tensor; tiles: Tensor };

/** Heads, and the weight of the softmax term. */
export interface MatAttentionAttributes {
  /** Heads side by side in q, k and v. */
  readonly heads: number;
  /** Weight of the softmax term. */
  readonly lambda: number;
}

function sizes({ qkv, constant, tiles }: MatAttentionInputs, { heads }: MatAttentionAttributes) {
  const [nodes, columns] = qkv.shape;
  const depth = columns / 3 / heads;
  if (!Number.isInteger(depth)) {
    throw new ShapeError(`matAttention(): qkv ${qkv} needs 3 x ${heads} heads of whole channels a row.`);
  }
  return { nodes, width: heads * depth, pairs: constant.size, tiles: tiles.size / 4, heads, depth };
}

/**
 * Attention inside molecules: weights lambda softmax(q k' / sqrt(depth)) + constant, applied to v.
 *
 * Shapes: qkv [nodes, 3 * heads * depth], queries, keys and values side by side; constant [pairs], the distance and adjacency
 * terms, which no parameter enters; tiles [tiles, 4] u32 (see tile.wgsl) -> [nodes, heads * depth]. Surplus rows are zero.
 * Source: csg2a.md 2.2, item 4.
 * @throws {ShapeError} when heads do not divide the rows.
 */
export const matAttention: (
  step: Step,
  inputs: MatAttentionInputs,
  attributes: MatAttentionAttributes,
) => Tensor = defineOperation<MatAttentionInputs, MatAttentionAttributes, Tensor>({
  name: "mat_attention",
  forward(step, inputs, attributes) {
    const { qkv, constant, tiles } = inputs;
    const { width, ...size } = sizes(inputs, attributes);
    const { nodes, pairs, heads, depth } = size;
    const probability = step.empty([pairs, heads], "attention probability");
    step.run(attentionScores(step.device.adapterClass), { qkv, tiles, probability }, {
      ...size,
      scale: 1 / Math.sqrt(depth),
    });
    const y = step.empty([nodes, width], "attended values");
    const place = { x_row: 3 * width, x_from: 2 * width, y_row: width };
    const values = { probability, constant, x: qkv, tiles, y };
    step.run(attentionValues(true), values, { ...size, ...place, lambda: attributes.lambda });
    return { output: y, saved: probability };
  },
  backward(step, { inputs, attributes, saved: probability, dy, gradient }) {
    const { qkv, constant, tiles } = inputs;
    const { lambda } = attributes;
    const { width, ...size } = sizes(inputs, attributes);
    const { pairs, heads, depth } = size;
    const dqkv = gradient("qkv");
    if (!dqkv) return;
    const dscore = step.empty([pairs, heads], "score gradient");
    const scale = 1 / Math.sqrt(depth);
    step.run(attentionScoreGradient(step.device.adapterClass), { dy, qkv, probability, tiles, dscore }, {
      ...size,
      scale,
      lambda,
    });
    const place = { x_row: 3 * width, x_from: width, y_row: 3 * width };
    const keys = { probability: dscore, constant, x: qkv, tiles, y: dqkv };
    step.run(attentionValues(false), keys, { ...size, ...place, lambda: 1 });
    const pairwise = { probability, constant, dscore, qkv, dy, tiles, dqkv };
    step.run(attentionKeyValueGradient, pairwise, { ...size, lambda });
  },
});
