import { activationCode } from "../activation/activation.ts";
import { type Kernel, specialise } from "../descriptor.ts";
import { withWorkgroupSums } from "../reduce/workgroup.ts";
import backward from "./backward.wgsl" with { type: "text" };
import forward from "./forward.wgsl" with { type: "text" };

/** Whether statistics are the batch's, and whether a ReLU follows. */
export interface CountedBatchNormVariant {
  readonly train: boolean;
  readonly relu: boolean;
}

/** y, statistics and moved running statistics of the counted rows of [rows, width]. */
export function countedBatchNormForward({ train, relu }: CountedBatchNormVariant): Kernel {
  return specialise({
    name: "counted_batch_norm",
    code: withWorkgroupSums(`${activationCode}\n${forward}`),
    workgroups: ({ width }) => [width, 1, 1],
    flops: ({ rows, width }) => 8 * rows * width,
    bytes: ({ rows, width }) => 8 * rows * width,
  }, { TRAIN: train ? 1 : 0, RELU: relu ? 1 : 0 });
}

/** dx of [rows, width]. */
export function countedBatchNormBackward({ train, relu }: CountedBatchNormVariant): Kernel {
  return specialise({
    name: "counted_batch_norm_backward",
    code: withWorkgroupSums(backward),
    workgroups: ({ width }) => [width, 1, 1],
    flops: ({ rows, width }) => 12 * rows * width,
    bytes: ({ rows, width }) => 12 * rows * width,
  }, { TRAIN: train ? 1 : 0, RELU: relu ? 1 : 0 });
}
