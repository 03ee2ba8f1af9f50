import { addInto, copy, sum } from "../kernels/add/add.ts";
import type { Kernel, Uniforms } from "../kernels/descriptor.ts";
import type { Dispatch } from "./dispatch.ts";
import { GpuError, ShapeError } from "./errors.ts";
import { type Tensor, viewAs } from "./tensor.ts";

/** Where an operation adds the gradient of an input to what the input's other users left. */
export interface Accumulation {
  /** Shaped like the input. */
  readonly into: Tensor;
  /** Whether to add to what `into` holds; otherwise it is not yet initialised. */
  readonly add: boolean;
  /** To be added too: a gradient that others hold as well. */
  readonly plus?: Tensor;
}

/** The constants ADD and PLUS of kernels that add. */
export const accumulationFlags = ({ add, plus }: Accumulation): { ADD: number; PLUS: number } => ({
  ADD: add ? 1 : 0,
  PLUS: plus ? 1 : 0,
});

/** How an operation asks for the gradient of an input. */
export interface GradientRequests {
  /** Where to write it; undefined where nobody wants it. */
  gradient(input: Tensor): Tensor | undefined;
  /** Where to write the sum of it and what is there already; `plus` says that the operation can add a tensor to what it writes. */
  accumulate(input: Tensor, plus: boolean): Accumulation | undefined;
  /** Hands `dy` on. */
  passThrough(input: Tensor): void;
}

/** What the tape does when it comes back to an operation. */
export interface TapeNode {
  /** Name of the operation. */
  readonly operation: string;
  /** What the operation returned. */
  readonly output: Tensor;
  /** What it took. */
  readonly inputs: readonly Tensor[];
  /** Records its derivative: writes where `gradient` says, or hands `dy` on. */
  backward(dy: Tensor, requests: GradientRequests): void;
}

/** What the tape records with: a step. */
export interface Recorder {
  /** What has been recorded so far. */
  readonly dispatches: readonly Dispatch[];
  /** See `Step.empty`. */
  empty(shape: readonly number[], label: string): Tensor;
  /** See `Step.run`. */
  run(kernel: Kernel, tensors: Readonly<Record<string, Tensor>>, uniforms: Uniforms): void;
}

/**
 * The operations of one step in order, and the gradients that going back over them leaves.
 *
 * A gradient that is handed on has two holders and is never written again: a second contribution goes into a tensor of
 * its own. So what `gradient` gives for a tensor is that tensor's gradient and nobody else's.
 */
export class Tape {
  readonly #nodes: TapeNode[] = [];
  readonly #gradients = new Map<number, Tensor>();
  /** Gradients (by tensor) that only that tensor holds, so that they may be added to in place. */
  readonly #owned = new Set<number>();
  /** Gradients of parameters that this backward pass writes, in the parameters' flat buffers. */
  readonly slots = new Set<Tensor>();
  #ran = false;

  /** Appends an operation. */
  push(node: TapeNode): void {
    this.#nodes.push(node);
  }

  /** Gradient of the recorded output with respect to a tensor, if it depends on it. */
  gradient(tensor: Tensor): Tensor | undefined {
    return this.#gradients.get(tensor.id);
  }

  /**
   * Records the backward pass.
   *
   * @throws {ShapeError} when `dy` is not shaped like `output`.
   * @throws {GpuError} when it is called twice, or an operation writes what it must not or leaves out what it must.
   */
  backward(recorder: Recorder, output: Tensor, dy: Tensor): void {
    if (dy.size !== output.size) throw new ShapeError(`backward: upstream ${dy} does not fit ${output}.`);
    if (this.#ran) {
      throw new GpuError(
        `backward of ${output}: this step has a backward pass already; add the losses up and go back once.`,
      );
    }
    this.#ran = true;
    if (output.gradientSlot) this.#copyInto(recorder, output, dy); // a parameter that is its own loss
    else this.#gradients.set(output.id, dy);
    for (const node of this.#nodes.toReversed()) {
      const upstream = this.#gradients.get(node.output.id);
      if (upstream) this.#goBack(recorder, node, upstream);
    }
  }

  #goBack(recorder: Recorder, node: TapeNode, upstream: Tensor): void {
    const begun = recorder.dispatches.length;
    const asked: Tensor[] = [];
    const additions: { input: Tensor; from: Tensor }[] = [];
    const gradientOf = (input: Tensor): Tensor | undefined => {
      if (!input.requiresGradient) return undefined;
      const present = this.#gradients.has(input.id);
      const into = !present && input.gradientSlot || recorder.empty(input.shape, `d(${input.label})`);
      if (present) additions.push({ input, from: into });
      else this.#own(input, into);
      asked.push(into);
      return into;
    };
    const accumulate = (input: Tensor, canAdd: boolean): Accumulation | undefined => {
      const present = this.#gradients.get(input.id);
      const owned = this.#owned.has(input.id);
      if (!present || !input.requiresGradient || !(owned || canAdd)) {
        const into = gradientOf(input);
        return into && { into, add: false };
      }
      const into = owned ? present : recorder.empty(input.shape, `d(${input.label})`);
      if (!owned) this.#own(input, into);
      asked.push(into);
      return { into, add: owned, plus: owned ? undefined : present };
    };
    const passThrough = (input: Tensor) => {
      if (!input.requiresGradient) return;
      if (node.output.gradientSlot) { // parameters end to end: who wrote the gradient of all wrote theirs
        if (!this.#gradients.has(input.id)) return this.#own(input, input.gradientSlot!);
        throw new GpuError(
          `backward: ${input} is used after ${node.output}, which holds it; use it before, or join a copy.`,
        );
      }
      // A reshape hands its gradient on under the input's own shape.
      if (this.#gradients.has(input.id)) additions.push({ input, from: viewAs(upstream, input.shape) });
      else if (input.gradientSlot) this.#copyInto(recorder, input, upstream);
      else this.#gradients.set(input.id, viewAs(upstream, input.shape));
    };
    node.backward(upstream, { gradient: gradientOf, accumulate, passThrough });
    const written = new Set(
      recorder.dispatches.slice(begun).flatMap(({ bindings }) =>
        bindings.filter(({ writes }) => writes).map(({ tensor }) => tensor.storage)
      ),
    );
    if (written.has(upstream.storage)) {
      throw new GpuError(
        `operation ${node.operation}: its backward pass writes dy (${upstream}), which others read; write a tensor of its own.`,
      );
    }
    const unwritten = asked.find((tensor) => tensor.size > 0 && !written.has(tensor.storage));
    if (unwritten) {
      throw new GpuError(
        `operation ${node.operation}: its backward pass asked where to write ${unwritten} and wrote nothing there.`,
      );
    }
    for (const { input, from } of additions) this.#add(recorder, input, from);
  }

  #own(input: Tensor, gradient: Tensor): void {
    this.#gradients.set(input.id, gradient);
    this.#owned.add(input.id);
    if (gradient === input.gradientSlot) this.slots.add(gradient);
  }

  #copyInto(recorder: Recorder, parameter: Tensor, source: Tensor): void {
    const into = parameter.gradientSlot!;
    this.#own(parameter, into);
    recorder.run(copy, { into, source }, { n: into.size });
  }

  #add(recorder: Recorder, input: Tensor, from: Tensor): void {
    const present = this.#gradients.get(input.id)!;
    const n = from.size;
    if (this.#owned.has(input.id)) return recorder.run(addInto, { into: present, source: from }, { n });
    const y = recorder.empty(input.shape, `d(${input.label})`);
    recorder.run(sum, { a: present, b: from, y }, { n });
    this.#own(input, y);
  }
}
