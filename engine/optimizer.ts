import {
  countedBlock,
  countSteps,
  gradientSquares,
  type OptimizerKind,
  optimizerUpdate,
  recordStep,
  squaresChunk,
} from "../kernels/optimizer/optimizer.ts";
import { GpuError } from "./errors.ts";
import type { LossRing } from "./loss_ring.ts";
import type { Parameters } from "./parameters.ts";
import type { Step } from "./step.ts";
import type { Tensor } from "./tensor.ts";

/** Which rule moves the parameters, and how. */
export interface OptimizerOptions {
  /** Adam (decay inside the gradient), AdamW or SGD with momentum. */
  readonly kind: OptimizerKind;
  /** Decay rates of the moments, 0.9 and 0.999 by default; SGD uses the first as momentum. */
  readonly betas?: readonly [number, number];
  /** Added to the root of the second moment; 1e-8 by default. */
  readonly epsilon?: number;
  /** Inside the gradient for Adam and SGD (as released), beside it for AdamW. */
  readonly weightDecay?: number;
  /** Largest norm of all gradients together, beyond which they are scaled down to it; 0 or undefined: none. */
  readonly clipNorm?: number;
}

/**
 * Records the end of a training step: gradient norm, ring entry, and the update of the trainable parameters that the loss
 * reaches, in as few dispatches as the binding limit allows. A parameter without a gradient in this step is left alone, as
 * PyTorch does: no decay, no momentum. The learning rate comes from the replay; the bias corrections of Adam go by the steps
 * that moved the parameter itself, which are counted on the device.
 *
 * @throws {GpuError} when the step has no backward pass, or it reaches none of the trainable parameters.
 * @throws {RangeError} for betas outside [0, 1), a negative epsilon or decay, or a clipping norm that float32 cannot square.
 */
export function recordOptimizer(
  step: Step,
  parameters: Parameters,
  loss: Tensor,
  ring: LossRing,
  { kind, betas = [0.9, 0.999], epsilon = 1e-8, weightDecay = 0, clipNorm = 0 }: OptimizerOptions,
): void {
  const [beta1, beta2] = betas;
  if (!betas.every((beta) => beta >= 0 && beta < 1)) {
    throw new RangeError(`betas are ${betas.join(" and ")}; expected numbers from 0 to below 1.`);
  }
  if (!(clipNorm >= 0 && clipNorm <= 1e18)) {
    throw new RangeError(
      `the gradient norm is to be clipped to ${clipNorm}; expected 0 (not at all) to 1e18.`,
    );
  }
  if (!(epsilon >= 0 && weightDecay >= 0)) {
    throw new RangeError(
      `epsilon is ${epsilon} and the weight decay ${weightDecay}; expected numbers from 0.`,
    );
  }
  const limit = Math.floor(step.device.maxBinding / 4 / 64) * 64;
  const pieces = parameters.pieces((parameter) => step.gradient(parameter) !== undefined, limit);
  if (pieces.length === 0) {
    throw new GpuError(
      `the optimiser would move nothing: ${loss} reaches none of the ${parameters.trainableKeys.length} trainable ` +
        "parameters; record backward() of the loss before the optimiser, and compute it from them.",
    );
  }
  const chunks = pieces.map(({ values }) => Math.ceil(values.length / squaresChunk));
  const partials = chunks.reduce((sum, count) => sum + count, 0);
  const squares = step.empty([partials, 2], "squared gradients");
  let first = 0;
  pieces.forEach(({ gradients }, k) => {
    step.run(gradientSquares, { gradient: gradients, squares }, {
      n: gradients.length,
      chunks: chunks[k],
      first,
    });
    first += chunks[k];
  });
  step.run(recordStep, { squares, loss, ring: ring.records, control: ring.control }, {
    partials,
    slots: ring.slots,
    max_norm: clipNorm,
  });
  for (const { values, gradients, first, second, steps } of pieces) {
    const blocks = values.length / countedBlock;
    const corrections = kind === "sgd" ? step.unread() : step.empty([blocks, 2], "bias corrections");
    if (kind !== "sgd") {
      step.run(countSteps, { counts: steps, corrections, control: ring.control }, {
        blocks,
        first: values.start / countedBlock,
        decay1: decayOf(beta1),
        decay2: decayOf(beta2),
      });
    }
    step.run(optimizerUpdate(kind), {
      parameter: values,
      gradient: gradients,
      first,
      second,
      control: ring.control,
      corrections,
    }, { n: values.length, beta1, rest1: 1 - beta1, beta2, rest2: 1 - beta2, epsilon, decay: weightDecay });
  }
}

/** -ln beta; of a beta of 0 so much that nothing is left after one step. */
const decayOf = (beta: number): number => Math.min(-Math.log(beta), 1e4);
