/** Losses of BADGER and its baselines (badger.md section 3). */
export { absoluteErrorLoss } from "./absolute_error_loss.ts";
export { approximateNdcgLoss } from "./approximate_ndcg_loss.ts";
export { cosineMseLoss } from "./cosine_mse_loss.ts";
export { entryLoss } from "./entry_loss.ts";
export { batchItemWeights, extremeLabels, itemWeightings, trainItemWeights } from "./item_weights.ts";
export { labelOrder } from "./label_order.ts";
export { listmleLoss } from "./listmle_loss.ts";
export { listnetLoss } from "./listnet_loss.ts";
export { type LossName, lossNames, lossNeeds, mainLoss } from "./main_loss.ts";
export { pathwayLoss } from "./pathway_loss.ts";
export { pathwayScores } from "./pathway_scores.ts";
export { ranknetLoss } from "./ranknet_loss.ts";
export { spreadoutLoss } from "./spreadout_loss.ts";
