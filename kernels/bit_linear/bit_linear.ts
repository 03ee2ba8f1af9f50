import { activationCode } from "../activation/activation.ts";
import { type Kernel, linearGrid, loop, specialise } from "../descriptor.ts";
import { keptCode } from "../random/random.ts";
import backwardWeight from "./backward_weight.wgsl" with { type: "text" };
import forward from "./forward.wgsl" with { type: "text" };

/** Set bits a row that the cost model assumes: the mean of Morgan bits of a fragment (badger.md 4.4). */
const typicalBits = 12.5;

/** Linear layer on lists of set bits, with what stands behind it: weight [out, bits] -> [rows, out]. */
export function bitLinearForward(bias: boolean, relu: boolean, dropout: boolean): Kernel {
  return specialise({
    name: "bit_linear",
    code: `${activationCode}\n${keptCode(dropout)}\n${forward}`,
    workgroups: ({ rows, out }) => linearGrid(rows * out, 64),
    flops: ({ rows, out }) => typicalBits * rows * out,
    bytes: ({ rows, out, bits }) => 4 * (rows * out + out * bits),
    iterations: ({ bits }) => loop(bits),
  }, { BIAS: bias ? 1 : 0, RELU: relu ? 1 : 0 });
}

/** Gradient of its weight, from `most` rows of each bit from the `skip`th on; later passes add to the first. */
export function bitLinearBackwardWeight(accumulate: boolean): Kernel {
  return specialise({
    name: "bit_linear_backward_weight",
    code: backwardWeight,
    workgroups: ({ out, bits }) => linearGrid(out * bits, 64),
    flops: ({ rows, out }) => typicalBits * rows * out,
    bytes: ({ rows, out, bits }) => 4 * (rows * out + out * bits),
    iterations: ({ most }) => loop(most),
  }, { ACCUMULATE: accumulate ? 1 : 0 });
}
