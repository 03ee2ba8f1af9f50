import { type Kernel, linearGrid, loop, specialise, type Uniforms } from "../descriptor.ts";
import { activationCode } from "../activation/activation.ts";
import { keptCode } from "../random/random.ts";
import affine from "./affine.wgsl" with { type: "text" };
import affineGradient from "./affine_gradient.wgsl" with { type: "text" };
import backward from "./backward.wgsl" with { type: "text" };
import chunkStatisticsCode from "./chunk_statistics.wgsl" with { type: "text" };
import chunkSumsCode from "./chunk_sums.wgsl" with { type: "text" };
import columnStatistics from "./column_statistics.wgsl" with { type: "text" };
import forward from "./forward.wgsl" with { type: "text" };
import gradientSums from "./gradient_sums.wgsl" with { type: "text" };
import passedAll from "./passed_all.wgsl" with { type: "text" };
import passedPositive from "./passed_positive.wgsl" with { type: "text" };
import plain from "./plain.wgsl" with { type: "text" };
import plainGradient from "./plain_gradient.wgsl" with { type: "text" };
import rowsAll from "./rows_all.wgsl" with { type: "text" };
import rowsCounted from "./rows_counted.wgsl" with { type: "text" };

/** Which statistics normalise, which rows count, and what follows. */
export interface BatchNormVariant {
  /** The batch's statistics, or the running ones. */
  readonly train: boolean;
  /** Only the first `count` rows are real. */
  readonly counted: boolean;
  /** A scale and a shift a column. */
  readonly affine: boolean;
  /** A ReLU behind it. */
  readonly relu: boolean;
  /** A dropout behind the ReLU. */
  readonly dropout: boolean;
}

/** Rows of a column that one thread goes over at least, where there are more than twice as many. */
export const rowsOfChunk = 128;

const passedBy = ({ relu }: { relu: boolean }) => relu ? passedPositive : passedAll;
const rowsOf = ({ counted }: { counted: boolean }) => counted ? rowsCounted : rowsAll;
const flag = (value: boolean) => value ? 1 : 0;
const grid = ({ width, chunks }: Uniforms) => linearGrid(width * chunks, 64);
/** Loops of a thread of the last stage: `passes` over the chunk where there is one, else over the chunks; then over its chunk. */
const loops = (passes: number) => ({ chunk, chunks }: Uniforms) =>
  (chunks === 1 ? passes * loop(chunk) : loop(chunks)) + loop(chunk);

/** Mean and squared deviations of each column by chunks of rows: [rows, width] -> [chunks, width, 2]. */
export function batchNormChunkStatistics(variant: Pick<BatchNormVariant, "counted">): Kernel {
  return {
    name: "batch_norm_chunk_statistics",
    code: [rowsOf(variant), columnStatistics, chunkStatisticsCode].join("\n"),
    workgroups: grid,
    flops: ({ rows, width }) => 4 * rows * width,
    bytes: ({ rows, width }) => 4 * rows * width,
    iterations: ({ chunk }) => 2 * loop(chunk),
  };
}

/** y, batch statistics and moved running statistics of [rows, width]. */
export function batchNormForward(variant: BatchNormVariant): Kernel {
  return specialise({
    name: "batch_norm_forward",
    code: [
      activationCode,
      keptCode(variant.dropout),
      rowsOf(variant),
      variant.affine ? affine : plain,
      columnStatistics,
      forward,
    ].join("\n"),
    workgroups: grid,
    flops: ({ rows, width }) => (variant.train ? 8 : 4) * rows * width,
    bytes: ({ rows, width }) => 8 * rows * width,
    iterations: loops(2),
  }, { TRAIN: flag(variant.train), RELU: flag(variant.relu) });
}

/** Sums of d z and d of each column by chunks of rows: [rows, width] -> [chunks, width, 2]. */
export function batchNormChunkSums(variant: Pick<BatchNormVariant, "counted" | "relu">): Kernel {
  return {
    name: "batch_norm_chunk_sums",
    code: [rowsOf(variant), passedBy(variant), gradientSums, chunkSumsCode].join("\n"),
    workgroups: grid,
    flops: ({ rows, width }) => 5 * rows * width,
    bytes: ({ rows, width }) => (variant.relu ? 12 : 8) * rows * width,
    iterations: ({ chunk }) => loop(chunk),
  };
}

/** dx, dscale and dshift of [rows, width]. */
export function batchNormBackward(variant: BatchNormVariant): Kernel {
  return specialise({
    name: "batch_norm_backward",
    code: [
      rowsOf(variant),
      passedBy(variant),
      variant.affine ? affineGradient : plainGradient,
      gradientSums,
      backward,
    ].join("\n"),
    workgroups: grid,
    flops: ({ rows, width }) => 10 * rows * width,
    bytes: ({ rows, width }) => (variant.relu ? 16 : 12) * rows * width,
    iterations: loops(1),
  }, { TRAIN: flag(variant.train) });
}
