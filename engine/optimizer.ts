import { type OptimizerKind, optimizerUpdate, recordStep } from "../kernels/optimizer/optimizer.ts";
import type { LossRing } from "./loss_ring.ts";
import { recordSum } from "./ops/reduce_sum.ts";
import type { Parameters } from "./parameters.ts";
import type { Step } from "./step.ts";
import type { Tensor, TensorRange } from "./tensor.ts";

/** Which rule moves the parameters, and how. */
export interface OptimizerOptions {
  /** Adam (decay inside the gradient), AdamW or SGD with momentum. */
  readonly kind: OptimizerKind;
  /** Decay rates of the moments; SGD uses the first as momentum. */
  readonly betas?: readonly [number, number];
  /** Added to the root of the second moment; 1e-8 by default. */
  readonly epsilon?: number;
  /** Inside the gradient for Adam and SGD (as released), beside it for AdamW. */
  readonly weightDecay?: number;
  /** Global-norm clipping; 0 or undefined: none. */
  readonly clipNorm?: number;
}

/** Ranges of a flat tensor that fit one binding each. */
function ranges(whole: Tensor, limit: number): TensorRange[] {
  const count = Math.ceil(whole.size / limit);
  return Array.from({ length: count }, (_, k) => ({
    tensor: whole,
    start: k * limit,
    length: Math.min(limit, whole.size - k * limit),
  }));
}

/**
 * Records the end of a training step: gradient norm, ring entry, and the update of all trainable parameters in as
 * few dispatches as the binding limit allows. Learning rate and step number come from the replay.
 */
export function recordOptimizer(
  step: Step,
  parameters: Parameters,
  loss: Tensor,
  ring: LossRing,
  { kind, betas: [beta1, beta2] = [0.9, 0.999], epsilon = 1e-8, weightDecay = 0, clipNorm = 0 }:
    OptimizerOptions,
): void {
  const limit = Math.floor(step.device.maxBinding / 4 / 64) * 64;
  const trainable = parameters.segments.filter((segment) => segment.gradients);
  const pieces = trainable.flatMap((segment) => {
    const cut = (whole: Tensor) => ranges(whole, limit);
    const [values, gradients, first, second] = [
      segment.values,
      segment.gradients!,
      segment.first!,
      segment.second!,
    ]
      .map(cut);
    return values.map((_, k) => ({
      values: values[k],
      gradients: gradients[k],
      first: first[k],
      second: second[k],
    }));
  });
  // Each piece's sum of squares lands in its own 64 elements of one tensor, the alignment of a binding.
  const squares = step.empty([64 * Math.max(1, pieces.length)], "squared gradients");
  pieces.forEach(({ gradients }, k) => {
    recordSum(step, "square", gradients, gradients, { tensor: squares, start: 64 * k, length: 64 });
  });
  step.run(recordStep, { squares, loss, ring: ring.records, control: ring.control }, {
    partials: pieces.length,
    slots: ring.slots,
    max_norm: clipNorm,
  });
  for (const { values, gradients, first, second } of pieces) {
    step.run(optimizerUpdate(kind), {
      parameter: values,
      gradient: gradients,
      first,
      second,
      control: ring.control,
    }, { n: values.length, beta1, rest1: 1 - beta1, beta2, rest2: 1 - beta2, epsilon, decay: weightDecay });
  }
}
