/**
 * Operations that any network needs: each records its forward pass on a step and its derivative on the tape. A `record...`
 * or `sum...` function records kernels alone, for use inside an operation's forward or backward pass.
 *
 * @module
 */
export type { Normalisation } from "../../kernels/attention_rows/attention_rows.ts";
export type { LayerNormKind } from "../../kernels/layer_norm/layer_norm.ts";
export { add, type AddInputs } from "./add.ts";
export type { MatmulVariant, ProductForm } from "../../kernels/matmul/matmul.ts";
export type { AttentionLayout } from "./attention_sizes.ts";
export {
  attentionValues,
  type AttentionValuesAttributes,
  type AttentionValuesInputs,
} from "./attention_values.ts";
export type { WeightDropout } from "./attention_weights.ts";
export { batchNorm, type BatchNormAttributes, type BatchNormInputs } from "./batch_norm.ts";
export { batchedMatmul, type BatchedMatmulAttributes } from "./batched_matmul.ts";
export { broadcastAdd, type BroadcastAddAttributes, type BroadcastAddInputs } from "./broadcast_add.ts";
export { concatColumns, type JoinedTable, recordJoin, recordParts } from "./concat_columns.ts";
export {
  dotAttention,
  type DotAttentionAttributes,
  type DotAttentionForm,
  type DotAttentionInputs,
} from "./dot_attention.ts";
export { elementwise, type ElementwiseAttributes, type Stage } from "./elementwise.ts";
export { type GatherInputs, gatherRows, invertIndex } from "./gather_rows.ts";
export { layerNorm, type LayerNormInputs } from "./layer_norm.ts";
export { linear, type LinearAttributes, type LinearInputs } from "./linear.ts";
export { addMatmul, type Epilogue, recordMatmul } from "./matmul.ts";
export { type Batches, headMatrix, matrix, type MatrixView, transposed } from "./matrix_view.ts";
export { type MseInputs, mseLoss } from "./mse_loss.ts";
export { recordSum } from "./reduce_sum.ts";
export { reshape } from "./reshape.ts";
export { softmax } from "./softmax.ts";
export { splitColumns } from "./split_columns.ts";
export { recordRowSums, type RowSumSizes, sumColumnPair, sumColumns } from "./sum_rows.ts";
export { zero } from "./zero.ts";
