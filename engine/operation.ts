import { GpuError } from "./errors.ts";
import type { Step } from "./step.ts";
import type { Accumulation } from "./tape.ts";
import { Tensor } from "./tensor.ts";

/** Tensors that an operation takes; optional ones may be left out. */
export type Inputs = Record<string, Tensor | undefined>;

/** What the backward pass hands to an operation. */
export interface BackwardCall<I extends Inputs, A, S> {
  /** Tensors that the forward pass took. */
  readonly inputs: I;
  /** Attributes that the forward pass took. */
  readonly attributes: A;
  /** What the forward pass returned. */
  readonly output: Tensor;
  /** What the forward pass kept. Frozen parts keep nothing: no backward, no lifetime. */
  readonly saved: S;
  /** Gradient of the loss with respect to the output, shaped like it. */
  readonly dy: Tensor;
  /**
   * Where to write the gradient of an input, shaped like it and not yet initialised; undefined when nobody wants it.
   * Ask for every input, once: one that wants a gradient and is not asked for is refused. If the input has several users the tape adds what is written here to the rest.
   */
  gradient(input: keyof I & string): Tensor | undefined;
  /**
   * The same for kernels that can add: where to write the sum of the gradient and what the input's other users left, in one go.
   * `plus` says that the kernel can also add a second tensor to what it writes; where it cannot, the tape adds.
   */
  accumulate(input: keyof I & string, plus?: boolean): Accumulation | undefined;
  /** The gradient of an input equals `dy`: handed on without a copy where nobody else holds it. */
  passThrough(input: keyof I & string): void;
}

/** A differentiable operation: shape rule and forward in one function, its derivative in the other. */
export interface Operation<I extends Inputs, A, S> {
  /** What labels and profiles call it. */
  readonly name: string;
  /** Checks shapes (throwing ShapeError), records the kernels and returns the output with what backward needs. */
  forward(step: Step, inputs: I, attributes: A): { output: Tensor; saved: S };
  /** Records the kernels that write the wanted gradients. */
  backward(step: Step, call: BackwardCall<I, A, S>): void;
}

/**
 * Turns an operation into a function that records it on a step's tape.
 *
 * @example
 * ```ts
 * const square = defineOperation<{ x: Tensor }, void, void>({ name: "square", forward: ..., backward: ... });
 * const y = square(step, { x });
 * ```
 */
export function defineOperation<I extends Inputs, A, S>(
  operation: Operation<I, A, S>,
): (step: Step, inputs: I, attributes: A) => Tensor {
  return (step, inputs, attributes) => apply(step, operation, inputs, attributes);
}

/** Records an operation and, if anything it takes needs a gradient, its place on the tape. */
function apply<I extends Inputs, A, S>(
  step: Step,
  operation: Operation<I, A, S>,
  inputs: I,
  attributes: A,
): Tensor {
  const { output, saved } = step.named(operation.name, () => operation.forward(step, inputs, attributes));
  const given = Object.values(inputs).filter((tensor) => tensor !== undefined);
  if (!given.some((tensor) => tensor.requiresGradient)) return output;
  const result = new Tensor(output.shape, output.dtype, output.storage, output.label, true);
  step.onTape({
    operation: operation.name,
    output: result,
    inputs: given,
    backward(dy, requests) {
      const asked = new Set<Tensor | undefined>(); // by tensor: one in several roles is asked for once
      const call: BackwardCall<I, A, S> = {
        inputs,
        attributes,
        output: result,
        saved,
        dy,
        gradient(name) {
          asked.add(inputs[name]);
          return inputs[name] && requests.gradient(inputs[name]);
        },
        accumulate(name, plus = false) {
          asked.add(inputs[name]);
          return inputs[name] && requests.accumulate(inputs[name], plus);
        },
        passThrough(name) {
          asked.add(inputs[name]);
          if (inputs[name]) requests.passThrough(inputs[name]);
        },
      };
      step.named(operation.name, () => operation.backward(step, call));
      for (const [name, input] of Object.entries(inputs)) {
        if (!input?.requiresGradient || asked.has(input)) continue;
        throw new GpuError(
          `operation ${operation.name}: its backward pass never asked for the gradient of ${name} (${input}), ` +
            `which somebody wants; call gradient("${name}") or passThrough("${name}") there, or give it an input that ` +
            "needs no gradient.",
        );
      }
    },
  });
  return result;
}
