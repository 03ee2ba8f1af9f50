import { ShapeError } from "../../../engine/errors.ts";
import type { Step } from "../../../engine/step.ts";
import type { Tensor } from "../../../engine/tensor.ts";
import { elementwise } from "../../../engine/ops/elementwise.ts";
import { approximateNdcgLoss } from "./approximate_ndcg_loss.ts";
import { cosineMseLoss } from "./cosine_mse_loss.ts";
import { entryLoss } from "./entry_loss.ts";
import type { ItemWeighting } from "./item_weights.ts";
import { listmleLoss } from "./listmle_loss.ts";
import { listnetLoss } from "./listnet_loss.ts";
import { ranknetLoss } from "./ranknet_loss.ts";

/**
 * Main losses by their released names (badger.md 3.1), and `list_wise_rankcosine_sum`, the sum over rows of DeepCE's own
 * code. `margin_rankingloss` is not among them: its gradient is zero everywhere.
 */
export const lossNames = [
  "point_wise_mse",
  "point_wise_shrinkage",
  "point_wise_mse_dynamic",
  "point_wise_mse_batchweighted",
  "point_wise_mse_trainweighted_idf",
  "point_wise_mse_trainweighted_idf_max",
  "point_wise_mse_trainweighted_idf_max_modified",
  "point_wise_mse_trainweighted_idf_prob",
  "point_wise_mse_trainweighted_skewed_normal",
  "list_wise_rankcosine",
  "list_wise_rankcosine_sum",
  "list_wise_listnet",
  "list_wise_listmle",
  "list_wise_ndcg",
  "pair_wise_ranknet",
  "pair_wise_ranknet_trainweighted_idf",
  "hybrid_cosine_mse",
  "hybrid_cosine_mse_batchweighted",
  "hybrid_cosine_mse_trainweighted_idf",
  "hybrid_cosine_mse_trainweighted_idf_max",
  "hybrid_cosine_mse_trainweighted_idf_max_modified",
  "hybrid_cosine_mse_trainweighted_idf_prob",
  "hybrid_cosine_mse_trainweighted_skewed_normal",
] as const;

/** One of them. */
export type LossName = typeof lossNames[number];

/** Inputs of a main loss: prediction and target [rows, items]; the others as `lossNeeds` says. */
export interface MainLossInputs {
  /** Predictions [rows, items]. */
  readonly prediction: Tensor;
  /** Labels [rows, items]. */
  readonly target: Tensor;
  /** [items]: from `batchItemWeights` or `trainItemWeights`. */
  readonly weights?: Tensor;
  /** [rows, items] u32: from `labelOrder`, of the labels after the sign rule. */
  readonly order?: Tensor;
}

/** "real_reverse" negates the target; the prediction is left alone (badger.md section 1). */
export type LabelType = "real" | "real_reverse";

/** What a loss takes beside prediction and target. */
export interface LossNeeds {
  /** Where its item weights come from: the labels of each batch, or counts over the training set. */
  readonly weights?: "batch" | ItemWeighting;
  /** Whether it takes the order of the labels. */
  readonly order: boolean;
}

/** Says what a loss takes beside prediction and target. */
export function lossNeeds(name: LossName): LossNeeds {
  const order = name === "list_wise_listmle" || name === "list_wise_ndcg";
  if (name.endsWith("_batchweighted")) return { weights: "batch", order };
  // The released pair-wise variant is called idf and weighs by idf_max.
  if (name === "pair_wise_ranknet_trainweighted_idf") return { weights: "idf_max", order };
  const weighting = /_trainweighted_(\w+)$/.exec(name)?.[1] as ItemWeighting | undefined;
  return { ...(weighting ? { weights: weighting } : {}), order };
}

/**
 * Records the main loss called `name`.
 *
 * @returns the loss, [1]
 * @throws {ShapeError} when weights or order are missing, or sizes disagree
 */
export function mainLoss(
  step: Step,
  name: LossName,
  inputs: MainLossInputs,
  { labelType = "real" }: { readonly labelType?: LabelType } = {},
): Tensor {
  const { prediction, weights, order } = inputs;
  const needs = lossNeeds(name);
  if (needs.weights && !weights) throw new ShapeError(`mainLoss(): ${name} needs item weights.`);
  if (needs.order && !order) throw new ShapeError(`mainLoss(): ${name} needs the order of the labels.`);
  const target = labelType === "real"
    ? inputs.target
    : elementwise(step, { x: inputs.target }, { stages: [{ kind: "affine", scale: -1, shift: 0 }] });
  const cosineMse = (cosine: number, squared: number, sumRows = false) =>
    cosineMseLoss(step, { prediction, target, ...(needs.weights ? { weights } : {}) }, {
      cosine,
      squared,
      sumRows,
    });
  switch (name) {
    case "point_wise_shrinkage":
      return entryLoss(step, { prediction, target }, { kind: "shrinkage" });
    case "point_wise_mse_dynamic":
      return entryLoss(step, { prediction, target }, { kind: "dynamic" });
    case "list_wise_rankcosine":
      return cosineMse(1, 0);
    case "list_wise_rankcosine_sum":
      return cosineMse(1, 0, true);
    case "list_wise_listnet":
      return listnetLoss(step, { prediction, target });
    case "list_wise_listmle":
      return listmleLoss(step, { prediction, order: order! });
    case "list_wise_ndcg":
      return approximateNdcgLoss(step, { prediction, target, order: order! });
    case "pair_wise_ranknet":
      return ranknetLoss(step, { prediction, target });
    case "pair_wise_ranknet_trainweighted_idf":
      return ranknetLoss(step, { prediction, target, weights });
    case "hybrid_cosine_mse_trainweighted_skewed_normal":
      return cosineMse(0.5, 0.5);
    default:
      return name.startsWith("hybrid_") ? cosineMse(1, 1) : cosineMse(0, 1);
  }
}
