/**
 * Operations that only the models of this project know: the CSG2A block, additive attention, sets with a mask, attention and
 * means inside molecules, fingerprints as bits, convolutions by degree of atom, and losses of ranking. Each records its forward
 * pass on a step and its derivative on the tape.
 *
 * @module
 */
export type { BlockVariant } from "../../kernels/csg2a_block/csg2a_block.ts";
export type { SetNormKind } from "../../kernels/set_norm/set_norm.ts";
export {
  additiveAttention,
  type AdditiveAttentionInputs,
  type AdditiveAttentionResult,
} from "./additive_attention.ts";
export {
  additiveWeights,
  type AdditiveWeightsAttributes,
  type AdditiveWeightsInputs,
} from "./additive_weights.ts";
export {
  bitLinear,
  type BitLinearAttributes,
  type BitLinearInputs,
  type BitLists,
  bitLists,
} from "./bit_linear.ts";
export { concatSets, type ConcatSetsAttributes } from "./concat_sets.ts";
export { type BlockGraph, blockGraph, type BlockInputs, csg2aBlock } from "./csg2a_block.ts";
export { cropWeights } from "./crop_weights.ts";
export { degreeLinear, type DegreeLinearInputs } from "./degree_linear.ts";
export type { GraphAttentionForm } from "../../kernels/graph_attention/graph_attention.ts";
export type { AttentionDropout, GraphAttentionAttributes } from "./graph_attention/attributes.ts";
export {
  type EdgeFeatureOrder,
  edgeFeatureOrder,
  type EdgeGather,
  featuresBySlot,
} from "./graph_attention/edge_features.ts";
export {
  type EdgeIndex,
  edgeIndex,
  edgeLimits,
  type EdgeList,
  withSelfLoops,
} from "./graph_attention/edge_index.ts";
export {
  gatAttention,
  type GatAttentionInputs,
  type GatInputs,
  gatLayer,
} from "./graph_attention/gat_attention.ts";
export type { Gatv2Inputs } from "./graph_attention/gatv2_inputs.ts";
export { gatv2Layer } from "./graph_attention/gatv2_layer.ts";
export {
  type DeviceGraph,
  deviceGraph,
  type DeviceGraphOptions,
  type DeviceRows,
} from "./graph_attention/graph.ts";
export { foldHeads, headLogits, meanOfHeads } from "./graph_attention/head_logits.ts";
export {
  type RelationParameters,
  type SelfPath,
  typedLayer,
  type TypedRelation,
} from "./graph_attention/typed_layer.ts";
export type { ItemOrder } from "./graph_attention/work_list.ts";
export {
  dotAttentionWithWeights,
  dotWeights,
  type DotWeightsAttributes,
  type DotWeightsInputs,
} from "./dot_weights.ts";
export { headLinear } from "./head_linear.ts";
export { itemDot, type ItemDotInputs } from "./item_dot.ts";
export { maskRows } from "./mask_rows.ts";
export { maskedMean } from "./masked_mean.ts";
export { joinRows, shapedParameter } from "./join_rows.ts";
export { matAttention, type MatAttentionAttributes, type MatAttentionInputs } from "./mat_attention.ts";
export { meanAttention } from "./mean_attention.ts";
export { nowhere, type Placement, placement, placeRows, type PlaceRowsInputs } from "./place_rows.ts";
export { segmentMean, type SegmentMeanInputs } from "./segment_mean.ts";
export { setNorm, type SetNormAttributes, type SetNormInputs } from "./set_norm.ts";
export { shiftScale, type ShiftScaleInputs } from "./shift_scale.ts";
export { splitLinear, type SplitLinearAttributes, type SplitLinearInputs } from "./split_linear.ts";
export { sumItems } from "./sum_items.ts";
export { absoluteErrorLoss } from "./losses/absolute_error_loss.ts";
export { type ApproximateNdcgInputs, approximateNdcgLoss } from "./losses/approximate_ndcg_loss.ts";
export { type CosineMseAttributes, type CosineMseInputs, cosineMseLoss } from "./losses/cosine_mse_loss.ts";
export { entryLoss, type EntryLossKind } from "./losses/entry_loss.ts";
export {
  batchItemWeights,
  type ExtremeCounts,
  extremeLabels,
  type ItemWeighting,
  itemWeightings,
  trainItemWeights,
} from "./losses/item_weights.ts";
export { labelOrder } from "./losses/label_order.ts";
export { listmleLoss } from "./losses/listmle_loss.ts";
export { listnetLoss } from "./losses/listnet_loss.ts";
export {
  type LabelType,
  type LossName,
  lossNames,
  type LossNeeds,
  lossNeeds,
  mainLoss,
  type MainLossInputs,
} from "./losses/main_loss.ts";
export { pathwayLoss, type PathwayLossInputs } from "./losses/pathway_loss.ts";
export { pathwayScores } from "./losses/pathway_scores.ts";
export { type RanknetInputs, ranknetLoss } from "./losses/ranknet_loss.ts";
export { spreadoutLoss } from "./losses/spreadout_loss.ts";
