import { activationCode } from "../activation/activation.ts";
import { type Kernel, linearGrid, specialise } from "../descriptor.ts";
import { randomCode } from "../random/random.ts";
import backward from "./backward.wgsl" with { type: "text" };
import forward from "./forward.wgsl" with { type: "text" };
import stages from "./stages.wgsl" with { type: "text" };

/** Stage numbers of the WGSL. */
export const stageCodes = {
  affine: 1,
  relu: 2,
  leakyRelu: 3,
  dropout: 4,
  tanh: 5,
  sigmoid: 6,
  exp: 7,
  square: 8,
  elu: 9,
} as const;

function constants(codes: readonly number[]): Record<string, number> {
  return Object.fromEntries(codes.map((code, i) => [`STAGE${i}`, code]));
}

/** A fused chain of at most four element-wise stages. */
export function pointwiseForward(codes: readonly number[]): Kernel {
  return specialise({
    name: "pointwise_forward",
    code: `${activationCode}\n${randomCode}\n${stages}\n${forward}`,
    workgroups: ({ n }) => linearGrid(n, 64),
    flops: ({ n }) => n * codes.length,
    bytes: ({ n }) => 8 * n,
    iterations: () => 0,
  }, constants(codes));
}

/** Derivative of the same chain, recomputed from its input. */
export function pointwiseBackward(codes: readonly number[]): Kernel {
  return specialise({
    name: "pointwise_backward",
    code: `${activationCode}\n${randomCode}\n${stages}\n${backward}`,
    workgroups: ({ n }) => linearGrid(n, 64),
    flops: ({ n }) => 2 * n * codes.length,
    bytes: ({ n }) => 12 * n,
    iterations: () => 0,
  }, constants(codes));
}
