import {
  headLogitsForward,
  headLogitsRows,
  weightedSum,
} from "../../../kernels/graph_attention/head_logits.ts";
import { cutSum } from "../../../engine/cut.ts";
import { ShapeError } from "../../../engine/errors.ts";
import { defineOperation } from "../../../engine/operation.ts";
import { batchedMatmul } from "../../../engine/ops/batched_matmul.ts";
import { elementwise } from "../../../engine/ops/elementwise.ts";
import { reshape } from "../../../engine/ops/reshape.ts";
import { sumItems } from "../sum_items.ts";
import { sumColumns } from "../../../engine/ops/sum_rows.ts";
import type { Step } from "../../../engine/step.ts";
import type { Tensor } from "../../../engine/tensor.ts";

/** Rows that one thread of a sum over nodes adds up at least. */
export const nodesOfSum = 64;

/**
 * Product of each head's slice of a row with its attention vector.
 *
 * Shapes: x [nodes, heads x channels], vector [heads, channels] or any shape of that size -> [nodes, heads].
 * @throws {ShapeError} when x has no whole heads, or the vector another width
 */
export const headLogits: (
  step: Step,
  inputs: { x: Tensor; vector: Tensor },
  attributes: { heads: number },
) => Tensor = defineOperation<
  { x: Tensor; vector: Tensor },
  { heads: number },
  { nodes: number; heads: number; channels: number }
>({
  name: "head_logits",
  forward(step, { x, vector }, { heads }) {
    const width = x.shape.at(-1)!;
    if (vector.size !== width || width % heads !== 0) {
      throw new ShapeError(`headLogits(): ${vector} is no vector a head of ${x} with ${heads} heads.`);
    }
    const sizes = { nodes: x.size / width, heads, channels: width / heads };
    const logits = step.empty([sizes.nodes, heads], "halves of logits");
    step.run(headLogitsForward, { x, vector, logits }, sizes);
    return { output: logits, saved: sizes };
  },
  backward(step, { inputs: { x, vector }, saved: { nodes: rows, heads, channels }, dy, gradient }) {
    const dx = gradient("x");
    if (dx) step.run(headLogitsRows, { dlogits: dy, vector, dx }, { nodes: rows, heads, channels });
    const dvector = gradient("vector");
    if (!dvector) return;
    const width = heads * channels;
    const { each: chunk, pieces: chunks } = cutSum(rows, nodesOfSum);
    const sums = step.empty([chunks, width], "d(vector) by chunk");
    const views = { x_row: width, x_from: 0, w_row: heads, w_from: 0, s_row: width, s_from: 0, to: 0 };
    step.run(weightedSum("heads"), { x, weights: dy, sums }, {
      rows,
      heads,
      channels,
      chunk,
      chunks,
      ...views,
    });
    sumColumns(step, sums, chunks, width, dvector);
  },
});

/**
 * Attention vectors folded into a projection: (x W') with each head's slice times its vector is x V', V = [heads, in]. With it
 * a half of GAT's logits needs no projected rows (kg-gat.md 13).
 *
 * Shapes: weight [heads x channels, in], vector [heads, channels] or any shape of that size -> [heads, in].
 * @throws {ShapeError} when the vector does not fit the weight
 */
export function foldHeads(
  step: Step,
  { weight, vector }: { weight: Tensor; vector: Tensor },
  { heads }: { heads: number },
): Tensor {
  const [width, into] = weight.shape;
  if (weight.shape.length !== 2 || vector.size !== width || width % heads !== 0) {
    throw new ShapeError(`foldHeads(): ${vector} is no vector a head of ${weight} with ${heads} heads.`);
  }
  const channels = width / heads;
  const folded = batchedMatmul(step, {
    a: reshape(step, { x: vector }, { shape: [heads, 1, channels] }),
    b: reshape(step, { x: weight }, { shape: [heads, channels, into] }),
  }, {});
  return reshape(step, { x: folded }, { shape: [heads, into] });
}

/** Mean over heads. Shapes: x [nodes, heads x channels] -> [nodes, channels]. */
export function meanOfHeads(step: Step, { x }: { x: Tensor }, { heads }: { heads: number }): Tensor {
  const width = x.shape.at(-1)!;
  if (width % heads !== 0) throw new ShapeError(`meanOfHeads(): rows of ${x} are not ${heads} heads.`);
  const sum = sumItems(step, { x: reshape(step, { x }, { shape: [x.size / width, heads, width / heads] }) });
  return elementwise(step, { x: sum }, { stages: [{ kind: "affine", scale: 1 / heads, shift: 0 }] });
}
