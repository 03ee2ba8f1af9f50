import {
  pathwayNllBackward,
  pathwayNllForward,
  pathwayNllTotal,
} from "../../../kernels/losses/supervision.ts";
import { ShapeError } from "../../../engine/errors.ts";
import { defineOperation } from "../../../engine/operation.ts";
import type { Step } from "../../../engine/step.ts";
import type { Tensor } from "../../../engine/tensor.ts";

/** Inputs of the loss; labels and mask are data. */
export type PathwayLossInputs = { scores: Tensor; labels: Tensor; mask: Tensor };

/**
 * Supervision of the drug-pathway attention: the sum of mask w (-ln(score of the label + 0.1)) over the sum of the mask,
 * w = 1 for label 0 and 10 for label 1 (not renormalised), times the weight of the term; 0 for a batch without any labelled drug.
 *
 * Shapes: scores [samples, pathways, 2], labels [samples, pathways] u32 in {0, 1}, mask [samples, pathways] -> [1].
 * Source: badger.md 3.2.
 * @throws {ShapeError} when they disagree.
 */
export const pathwayLoss: (
  step: Step,
  inputs: PathwayLossInputs,
  attributes: { weight: number },
) => Tensor = defineOperation<PathwayLossInputs, { weight: number }, Tensor>({
  name: "pathway_loss",
  forward(step, { scores, labels, mask }, { weight }) {
    const rows = labels.size;
    if (scores.size !== 2 * rows || mask.size !== rows) {
      throw new ShapeError(`pathwayLoss(): scores ${scores}, labels ${labels} and mask ${mask} disagree.`);
    }
    const groups = Math.max(1, Math.min(64, Math.ceil(rows / 512)));
    const loss = step.empty([1], "pathway loss");
    const count = step.empty([1], "labelled pathways");
    const whole = groups === 1;
    const partial_sums = whole ? scores : step.empty([groups, 2], "pathway loss by part");
    if (!whole) step.run(pathwayNllForward, { scores, labels, mask, partial_sums }, { rows, groups });
    const terms: Record<string, Tensor> = whole ? { scores, labels, mask } : { partial_sums };
    step.run(pathwayNllTotal(whole), { ...terms, loss, count }, { rows: whole ? rows : groups, weight });
    return { output: loss, saved: count };
  },
  backward(step, { inputs: { scores, labels, mask }, attributes: { weight }, saved: count, dy, gradient }) {
    const dx = gradient("scores");
    if (!dx) return;
    step.run(pathwayNllBackward, { scores, labels, mask, count, dy, dx }, { rows: labels.size, weight });
  },
});
