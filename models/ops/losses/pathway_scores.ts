import { pathwayScoresBackward, pathwayScoresForward } from "../../../kernels/losses/supervision.ts";
import { ShapeError } from "../../../engine/errors.ts";
import { defineOperation } from "../../../engine/operation.ts";
import type { Step } from "../../../engine/step.ts";
import type { Tensor } from "../../../engine/tensor.ts";

/**
 * Two-class scores from attention weights: the mean over heads of the last key's weight (class 0, the pseudo token) and
 * of the sum of all other keys' weights (class 1).
 *
 * Shapes: attention [heads * samples, queries, keys or more], row = head * samples + sample; what lies behind the keys is padding
 * -> [samples, queries, 2].
 * Source: badger.md 3.2.
 * @throws {ShapeError} when the first dimension is no multiple of the heads, or rows have fewer values than keys.
 */
export const pathwayScores: (
  step: Step,
  inputs: { attention: Tensor },
  attributes: { heads: number; keys: number },
) => Tensor = defineOperation<
  { attention: Tensor },
  { heads: number; keys: number },
  { heads: number; rows: number; keys: number; stride: number }
>({
  name: "pathway_scores",
  forward(step, { attention }, { heads, keys }) {
    const [batches, queries, stride] = attention.shape;
    if (attention.shape.length !== 3 || batches % heads !== 0 || stride < keys) {
      throw new ShapeError(
        `pathwayScores(): ${attention} is not [${heads} heads * samples, queries, ${keys} keys].`,
      );
    }
    const sizes = { heads, rows: (batches / heads) * queries, keys, stride };
    const scores = step.empty([batches / heads, queries, 2], "pathway scores");
    step.run(pathwayScoresForward, { attention, scores }, sizes);
    return { output: scores, saved: sizes };
  },
  backward(step, { saved: sizes, dy, gradient }) {
    const dx = gradient("attention");
    if (dx) step.run(pathwayScoresBackward, { dy, dx }, sizes);
  },
});
